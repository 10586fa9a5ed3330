// `npm run banyan -- COMMAND`: the command line. Exit codes are a contract: scripts/terminal/exit-code.ts.
import { join } from "node:path";
import { CommanderError } from "commander";
import { program } from "./commands/program.ts";
import { EXIT, exitCodeOf } from "./terminal/exit-code.ts";
import { interruption } from "./terminal/interruption.ts";
import { createScreen, showError } from "./terminal/screen.ts";
import { usageError } from "./terminal/usage-error.ts";

const verbose = process.argv.includes("--verbose");
const screen = createScreen(process.argv.includes("--json"));
const interrupt = new AbortController();
const asked: { command?: string; capability?: string | undefined } = {};
const interrupted = () => interrupt.abort(interruption(asked.command));
process.on("SIGINT", interrupted);
process.on("SIGTERM", interrupted);

try {
  const root = join(import.meta.dirname, "..");
  const onCommand = (command: string, capability: string | undefined) =>
    Object.assign(asked, { command, capability });
  await program({ root, environment: process.env, screen, signal: interrupt.signal, onCommand }).parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  // Help and the version that were asked for are no mistake.
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
  const known = error instanceof CommanderError ? usageError(error) : error;
  const shown = interrupt.signal.aborted ? interrupt.signal.reason : known;
  showError(screen, shown, verbose, asked.capability);
  return exitCodeOf(shown);
}
