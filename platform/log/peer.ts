import type { Pool, PoolClient } from "pg";

/** One outbox row as the peer gives it out. */
export interface OutboxRow {
  readonly seq: number;
  readonly payload: unknown;
}

/** The rows after a `seq`, with the owner's `seq` in the same snapshot: missing rows can be told from none. */
export interface PeerRead {
  /** Undefined when the owner has no such slot. */
  readonly head: number | undefined;
  readonly rows: readonly OutboxRow[];
}

/** The peer port (§5.5): what a copy may read of its owner's log. */
export interface PeerOutbox {
  /** The first `limit` rows with a `seq` above `fromSeq`, in order. */
  read(capability: string, slot: number, fromSeq: number, limit: number): Promise<PeerRead>;
  /** The owner's `seq` by slot. */
  heads(capability: string): Promise<ReadonlyMap<number, number>>;
}

/** The peer's outbox, read from the views that its feed role may see. */
export function peerOutbox(source: Pool): PeerOutbox {
  return {
    read: async (capability, slot, fromSeq, limit) => {
      // One statement is one snapshot: head and rows can't be of different moments.
      const { rows } = await source.query<{ head: string; seq: string | null; payload: unknown }>(
        `SELECT s.seq AS head, o.seq, o.payload
         FROM feed.slot s
         LEFT JOIN LATERAL (
           SELECT seq, payload FROM feed.outbox
           WHERE capability = s.capability AND slot = s.slot AND seq > $3 ORDER BY seq LIMIT $4
         ) o ON true
         WHERE s.capability = $1 AND s.slot = $2 ORDER BY o.seq`,
        [capability, slot, fromSeq, limit],
      );
      return {
        head: rows[0] === undefined ? undefined : Number(rows[0].head),
        rows: rows.flatMap(({ seq, payload }) => (seq === null ? [] : [{ seq: Number(seq), payload }])),
      };
    },
    heads: (capability) => readHeads(source, capability),
  };
}

/** The owner's `seq` by slot, in the caller's transaction or alone. */
export async function readHeads(
  source: Pool | PoolClient,
  capability: string,
): Promise<ReadonlyMap<number, number>> {
  const { rows } = await source.query<{ slot: number; seq: string }>(
    "SELECT slot, seq FROM feed.slot WHERE capability = $1",
    [capability],
  );
  return new Map(rows.map(({ slot, seq }) => [slot, Number(seq)]));
}
