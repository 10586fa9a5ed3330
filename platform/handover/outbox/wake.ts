import { setTimeout as delay } from "node:timers/promises";
import type { Pool } from "pg";

/** Told when there are new outbox rows: the relay and the readers look then. A wake-up, never the truth; no payload. */
export const WRITTEN_CHANNEL = "handover_written";

/** Readers that were woken are not woken again for so long: they take all that came meanwhile in one look. */
const QUIET_MS = 5;

/** By the pool that writes; `again` when there was a write since the last wake-up. */
const waking = new WeakMap<Pool, { again: boolean }>();

/**
 * Wakes the outbox's readers after a commit. Not in the transaction that writes: whoever NOTIFYs holds one lock of the
 * whole server until its commit is on the disk, so that no two writes could share a flush. What is sent here writes
 * nothing, so it waits for no disk. The last write is always followed by a wake-up, unless the process dies in between;
 * then the readers' bounded poll finds it.
 */
export function wakeReaders(own: Pool): void {
  const state = waking.get(own);
  if (state === undefined) void wake(own);
  else state.again = true;
}

async function wake(own: Pool): Promise<void> {
  const state = { again: true };
  waking.set(own, state);
  while (state.again) {
    state.again = false;
    // A database that went away, or a pool that was ended: what was written stands, and is found by the poll.
    await own.query("SELECT pg_notify($1, '')", [WRITTEN_CHANNEL]).catch(() => {});
    await delay(QUIET_MS, undefined, { ref: false });
  }
  waking.delete(own);
}
