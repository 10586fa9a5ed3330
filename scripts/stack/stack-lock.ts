import { acquireLock, type FileLock } from "@banyan/platform/records/file-lock.ts";
import type { CommandContext } from "../commands/context.ts";

/**
 * One `up` or `down` at a time in a working folder. Whoever comes second waits, and is told for whom: both are harmless
 * to repeat, so what it was typed for is still right afterwards. After Ctrl-C (the demo stops its stack then) the wait
 * can't be left by a second one.
 */
export function takeStackLock(
  { places, screen, signal }: Pick<CommandContext, "places" | "screen" | "signal">,
  purpose: string,
): Promise<FileLock> {
  return acquireLock(places.stackLock, {
    purpose,
    onWait: (holder) =>
      screen.say(
        `waiting for \`${holder.purpose}\` (process ${holder.pid}, since ${holder.since.slice(11, 19)} UTC) …`,
      ),
    ...(signal.aborted ? {} : { signal }),
  });
}
