import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { acquireLock, type FileLock } from "@banyan/platform/records/file-lock.ts";
import type { CommandContext } from "../commands/context.ts";

/**
 * One step at a time in a working folder: whoever comes second is refused, not queued, because what it was typed for
 * may be done or undone by then. @throws BYN-CLI-004
 */
export function takeStepLock({ places, signal }: CommandContext, purpose: string): Promise<FileLock> {
  return takeOrRefuse(places.stepLock, purpose, signal);
}

/**
 * One walk at a time: a numbered script, or the demo. Between its steps, which nothing else locks, two would measure and
 * fill beside each other. @throws BYN-CLI-004
 */
export function takeWalkLock({ places, signal }: CommandContext, purpose: string): Promise<FileLock> {
  return takeOrRefuse(places.walkLock, purpose, signal);
}

async function takeOrRefuse(path: string, purpose: string, signal: AbortSignal): Promise<FileLock> {
  try {
    return await acquireLock(path, { purpose, waitMs: 0, signal });
  } catch (error) {
    if (error instanceof BanyanError && error.code === "BYN-EVIDENCE-028") {
      throw new BanyanError("BYN-CLI-004", error.detail, { cause: error });
    }
    throw error;
  }
}
