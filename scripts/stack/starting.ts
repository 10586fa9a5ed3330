import type { CommandContext } from "../commands/context.ts";
import { listProcesses, type ProcessSpec, startProcess } from "./process.ts";

/** The names of what runs of this stack. */
export async function runningOf({ places }: Pick<CommandContext, "places">): Promise<Set<string>> {
  const processes = await listProcesses(places.home);
  return new Set(processes.filter(({ running }) => running).map(({ name }) => name));
}

/** Starts a process and says so; one that runs already is left as it is. */
export async function start(
  { places, screen, signal }: CommandContext,
  spec: ProcessSpec,
  running: ReadonlySet<string>,
): Promise<void> {
  if (running.has(spec.name)) {
    screen.good(`${spec.name} runs already`);
    return;
  }
  await startProcess(places.home, spec, signal);
  screen.good(`${spec.name} on port ${spec.port}`);
}

/** Waits for all, then throws the first failure: nothing goes on starting behind an error. */
export async function together(starts: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(starts)).find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
