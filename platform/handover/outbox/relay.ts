import type { Pool } from "pg";
import type { EventLog, LogRecord } from "../event-log/event-log.ts";
import type { Lease } from "./lease.ts";
import { OUTBOX_COLUMNS, outboxRowOf, type RawOutboxRow } from "./outbox-row.ts";

/** Of one slot in one sending, so that a busy slot does not keep the others waiting. */
const ROWS_PER_SLOT = 20;

/**
 * Sends each slot's next rows to the log in `seq` order and notes them as sent (§5.4): one awaited sending, nothing noted
 * when it fails. At least once: between sending and noting it may die, and the rows are sent again. Answers how many were
 * sent and noted; 0 when the lease is another's by now. One relay per side keeps the order for other readers of the log;
 * the slot is safe without.
 */
export async function relayOnce(own: Pool, log: EventLog, capability: string, lease: Lease): Promise<number> {
  const records = await unsent(own, capability, lease);
  if (records.length === 0) return 0;
  await log.publish(records);
  return (await note(own, capability, lease, records)) ? records.length : 0;
}

async function unsent(own: Pool, capability: string, lease: Lease): Promise<readonly LogRecord[]> {
  const { rows } = await own.query<RawOutboxRow & { slot: number }>(
    `SELECT sent.slot, o.* FROM handover.sent
     JOIN handover.lease ON lease.name = $2 AND lease.token = $3
     CROSS JOIN LATERAL (
       SELECT ${OUTBOX_COLUMNS} FROM handover.outbox
       WHERE capability = sent.capability AND slot = sent.slot AND seq > sent.seq ORDER BY seq LIMIT $4
     ) o
     WHERE sent.capability = $1 ORDER BY sent.slot, o.seq`,
    [capability, lease.name, lease.token, ROWS_PER_SLOT],
  );
  return rows.map((raw) => ({ capability, slot: raw.slot, row: outboxRowOf(raw) }));
}

/** Notes the last row of each slot as sent; false when the lease is another's. */
async function note(
  own: Pool,
  capability: string,
  lease: Lease,
  records: readonly LogRecord[],
): Promise<boolean> {
  const last = new Map(records.map(({ slot, row }) => [slot, row.seq])); // in order: the later one stays
  const { rowCount } = await own.query(
    `UPDATE handover.sent SET seq = greatest(sent.seq, noted.seq)
     FROM unnest($2::smallint[], $3::bigint[]) AS noted (slot, seq), handover.lease
     WHERE sent.capability = $1 AND sent.slot = noted.slot AND lease.name = $4 AND lease.token = $5`,
    [capability, [...last.keys()], [...last.values()], lease.name, lease.token],
  );
  return rowCount !== 0;
}
