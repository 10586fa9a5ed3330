// `npm run banyan -- COMMAND`: the command line. Exit codes are a contract: scripts/terminal/exit-code.ts.
import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { CommanderError } from "commander";
import { program } from "./commands/program.ts";
import { EXIT, exitCodeOf } from "./terminal/exit-code.ts";
import { createScreen, showError } from "./terminal/screen.ts";

const verbose = process.argv.includes("--verbose");
const screen = createScreen(process.argv.includes("--json"));
const interrupt = new AbortController();
const interrupted = () => interrupt.abort(new BanyanError("BYN-CLI-011", "stopped before it was done"));
process.on("SIGINT", interrupted);
process.on("SIGTERM", interrupted);

try {
  const root = join(import.meta.dirname, "..");
  await program({ root, environment: process.env, screen, signal: interrupt.signal }).parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  // Commander has said its own words by then; help that was asked for is no mistake.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const shown = interrupt.signal.aborted ? interrupt.signal.reason : error;
  showError(screen, shown, verbose);
  return exitCodeOf(shown);
}
