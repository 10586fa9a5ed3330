import type { Pool } from "pg";
import { OUTBOX_COLUMNS, type OutboxRow, outboxRowOf, type RawOutboxRow } from "./outbox-row.ts";

/** The rows after a `seq`, with the peer's own `seq` in the same snapshot: missing rows can be told from none. */
export interface PeerRead {
  /** Undefined when the peer has no such slot. */
  readonly head: number | undefined;
  readonly rows: readonly OutboxRow[];
}

/** The peer port (§5.5): what a side may read of the other one. */
export interface PeerOutbox {
  /** The first `limit` rows with a `seq` above `fromSeq`, in order. */
  read(capability: string, slot: number, fromSeq: number, limit: number): Promise<PeerRead>;
  /** The peer's `seq` by slot. */
  heads(capability: string): Promise<ReadonlyMap<number, number>>;
}

/** Without rows there is one line all the same: the head's. */
type Line = { head: string } & (RawOutboxRow | { seq: null });

/** The peer's outbox by the views of `handover_feed`, which is all that the peer's role needs to see. */
export function peerOutbox(peer: Pool): PeerOutbox {
  return {
    read: async (capability, slot, fromSeq, limit) => {
      // One statement is one snapshot: head and rows can't be of different moments.
      const { rows } = await peer.query<Line>(
        `SELECT s.seq AS head, o.* FROM handover_feed.slot s
         LEFT JOIN LATERAL (
           SELECT ${OUTBOX_COLUMNS} FROM handover_feed.outbox
           WHERE capability = s.capability AND slot = s.slot AND seq > $3 ORDER BY seq LIMIT $4
         ) o ON true
         WHERE s.capability = $1 AND s.slot = $2 ORDER BY o.seq`,
        [capability, slot, fromSeq, limit],
      );
      return {
        head: rows[0] === undefined ? undefined : Number(rows[0].head),
        rows: rows.flatMap((line) => (line.seq === null ? [] : [outboxRowOf(line)])),
      };
    },
    heads: async (capability) => {
      const { rows } = await peer.query<{ slot: number; seq: string }>(
        "SELECT slot, seq FROM handover_feed.slot WHERE capability = $1",
        [capability],
      );
      return new Map(rows.map(({ slot, seq }) => [slot, Number(seq)]));
    },
  };
}
