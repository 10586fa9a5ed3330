import type { Pool } from "pg";
import { inTransaction } from "../../postgres/pool.ts";
import type { PeerOutbox } from "./peer-outbox.ts";

/**
 * Removes outbox rows that nobody needs any more (§5.4): the peer's `seq` has passed them, the relay has noted them as
 * sent, and they are older than the declared time. Answers how many. The peer's `seq` only grows, so that it was read a
 * moment ago does no harm; a peer out of reach is thrown, and nothing is removed.
 */
export async function pruneOutbox(
  own: Pool,
  peer: PeerOutbox,
  capability: string,
  retainMs: number,
): Promise<number> {
  const heads = [...(await peer.heads(capability))];
  return inTransaction(own, async (client) => {
    const { rowCount } = await client.query(
      `DELETE FROM handover.outbox o
       USING unnest($2::smallint[], $3::bigint[]) AS passed (slot, seq), handover.sent
       WHERE o.capability = $1 AND o.slot = passed.slot AND o.seq <= passed.seq
         AND sent.capability = $1 AND sent.slot = o.slot AND o.seq <= sent.seq
         AND o.created_at <= now() - make_interval(secs => $4::float8 / 1000)`,
      [capability, heads.map(([slot]) => slot), heads.map(([, seq]) => seq), retainMs],
    );
    return rowCount ?? 0;
  });
}
