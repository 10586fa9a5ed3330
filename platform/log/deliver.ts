import type { Pool } from "pg";
import type { CopiedCapability } from "./capability.ts";
import { type Received, receive } from "./inbox.ts";
import type { OutboxRow, PeerOutbox } from "./peer.ts";
import { quarantine } from "./quarantine.ts";

export interface Delivered extends Received {
  /** Gaps that were met on the way; the rows were pulled from the peer's outbox, or the slot quarantined. */
  readonly gaps: number;
  readonly quarantined: boolean;
}

export interface DeliverTo<Change> {
  readonly capability: CopiedCapability<Change>;
  readonly copy: Pool;
  readonly peer: PeerOutbox;
  /** Rows of one pull. */
  readonly batch: number;
}

/**
 * Delivers events to a slot; on a gap it pulls the missing rows from the peer's outbox (§5.5: what can't be applied
 * now is dropped, not parked). Rows that the peer no longer has quarantine the slot (BYN-DATA-004), but only if it is
 * still at the `seq` that the pull began with. A peer out of reach is thrown and quarantines nothing.
 */
export async function deliver<Change>(
  to: DeliverTo<Change>,
  slot: number,
  events: readonly OutboxRow[],
): Promise<Delivered> {
  let last = await receive(to.copy, to.capability, slot, events);
  let { applied, duplicates } = last;
  let gaps = 0;
  while (last.end === "gap") {
    gaps += 1;
    const from = last.seq;
    const { head, rows } = await to.peer.read(to.capability.name, slot, from, to.batch);
    if (head === undefined || head <= from) break; // the event is of a future that the owner doesn't know
    if (rows[0]?.seq !== from + 1) {
      const detail = `the owner is at ${head}, its outbox has no row ${from + 1}`;
      const trouble = { code: "BYN-DATA-004", detail, seq: from + 1 } as const;
      const quarantined = await quarantine(
        to.copy,
        to.capability.name,
        slot,
        trouble,
        (row) => row.seq === from,
      );
      return { ...last, applied, duplicates, gaps, quarantined };
    }
    last = await receive(to.copy, to.capability, slot, rows);
    applied += last.applied;
    duplicates += last.duplicates;
  }
  return { ...last, applied, duplicates, gaps, quarantined: false };
}
