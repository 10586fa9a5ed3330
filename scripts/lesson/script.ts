import { basename, join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { type CommandContext, commandContext, type StackContext, stackContext } from "../commands/context.ts";
import { takeWalkLock } from "../gate/step-lock.ts";
import { up } from "../stack/up.ts";
import { exitCodeOf } from "../terminal/exit-code.ts";
import { createScreen, showError } from "../terminal/screen.ts";

export const ROOT = join(import.meta.dirname, "..", "..");

/**
 * Runs a numbered script by itself: Ctrl-C undoes what was begun and leaves the flag where it was; errors come with
 * their code; the exit code is the command line's.
 * @param capability the one that it walks: what an error says to do next names it
 */
export async function runScript(
  script: (context: StackContext) => Promise<void>,
  capability?: string,
): Promise<void> {
  await runCommand(async (command) => {
    await using _walk = await takeWalkLock(command, `npm run ${basename(process.argv[1] ?? "", ".ts")}`);
    await up(command, { portBase: undefined, plant: "none", keepPlant: true });
    await script(await stackContext(command));
  }, capability);
}

/** The frame of a command that is no part of `banyan`: interrupts, errors, exit code. */
export async function runCommand(
  work: (context: CommandContext) => Promise<void>,
  capability?: string,
): Promise<void> {
  const screen = createScreen(false);
  const interrupt = new AbortController();
  const interrupted = () => interrupt.abort(new BanyanError("BYN-CLI-011", "stopped before it was done"));
  process.on("SIGINT", interrupted);
  process.on("SIGTERM", interrupted);
  try {
    await work(commandContext(ROOT, process.env, screen, interrupt.signal));
  } catch (error) {
    const shown = interrupt.signal.aborted ? interrupt.signal.reason : error;
    showError(screen, shown, process.argv.includes("--verbose"), capability);
    process.exitCode = exitCodeOf(shown);
  }
}
