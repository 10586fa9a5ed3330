import type { Pool } from "pg";
import type { OutboxRow } from "../outbox/outbox-row.ts";
import type { PeerOutbox } from "../outbox/peer-outbox.ts";
import { quarantine } from "../slot/quarantine.ts";
import { readSlot } from "../slot/slot-row.ts";

/** Where a pull began: the copy's own place before the peer was asked. */
export interface Pull {
  readonly slot: number;
  readonly seq: number;
  readonly epoch: number;
}

/** What the peer's outbox has for a pull. `gone`: the peer is ahead, and the next row is not there any more. */
export type Pulled = { readonly rows: readonly OutboxRow[] } | { readonly gone: string };

/** Notes the copy's place; undefined when it takes nothing, or owns the slot and so has nothing to pull. */
export async function beginPull(own: Pool, capability: string, slot: number): Promise<Pull | undefined> {
  const { owner, state, seq, epoch } = await readSlot(own, capability, slot);
  return owner || state !== "following" ? undefined : { slot, seq, epoch };
}

/** Reads what comes after the pull's place. A peer out of reach is thrown and proves nothing (§5.5). */
export async function readPull(
  peer: PeerOutbox,
  capability: string,
  pull: Pull,
  limit: number,
): Promise<Pulled> {
  const { head, rows } = await peer.read(capability, pull.slot, pull.seq, limit);
  if (head === undefined || head <= pull.seq) return { rows: [] };
  if (rows[0]?.seq === pull.seq + 1) return { rows };
  return { gone: `the peer is at ${head}, its outbox has no row ${pull.seq + 1}` };
}

/**
 * Quarantines the copy for missing rows (BYN-DATA-004), but only if under its lock it still stands where the pull began:
 * between asking and here it may have been filled again, or the slot handed over (§5.5). Answers whether it did.
 */
export function quarantineGone(own: Pool, capability: string, pull: Pull, detail: string): Promise<boolean> {
  const trouble = { code: "BYN-DATA-004", detail, seq: pull.seq + 1 } as const;
  return quarantine(own, capability, pull, trouble);
}
