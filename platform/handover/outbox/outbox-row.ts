import type { PoolClient } from "pg";
import { KEEP_KEY, type KeyRecord } from "../write/keys.ts";
import { WRITTEN_CHANNEL } from "./wake.ts";

/** One row of an owner's outbox: what one transaction did to one slot. */
export interface OutboxRow {
  readonly seq: number;
  /** The epoch that it was written under. */
  readonly epoch: number;
  readonly eventId: string;
  readonly kind: "event" | "handover";
  /** Of a handover: the epoch at which its receiver owns the slot. */
  readonly nextEpoch: number | null;
  readonly changes: unknown;
  readonly key: KeyRecord | null;
}

/** The columns of an `OutboxRow`, in `handover.outbox` and in `handover_feed.outbox`. */
export const OUTBOX_COLUMNS = "seq, epoch, kind, next_epoch, event_id, changes, key";

/** As Postgres gives them. */
export interface RawOutboxRow {
  seq: string;
  epoch: string;
  kind: OutboxRow["kind"];
  next_epoch: string | null;
  event_id: string;
  changes: unknown;
  key: KeyRecord | null;
}

export function outboxRowOf({ next_epoch, event_id, ...raw }: RawOutboxRow): OutboxRow {
  return {
    seq: Number(raw.seq),
    epoch: Number(raw.epoch),
    eventId: event_id,
    kind: raw.kind,
    nextEpoch: next_epoch === null ? null : Number(next_epoch),
    changes: raw.changes,
    key: raw.key,
  };
}

interface NewEvent {
  readonly capability: string;
  readonly slot: number;
  readonly epoch: number;
  readonly changes: readonly unknown[];
  readonly key: KeyRecord | null;
}

// A slot without a row gives no `seq`, which the outbox refuses: nothing may be committed without its event.
const NEXT = `WITH next AS (
    UPDATE handover.slot SET seq = seq + 1 WHERE capability = $1::text AND slot = $2::smallint RETURNING seq
  )`;
const APPEND = `${NEXT}
  INSERT INTO handover.outbox (capability, slot, seq, epoch, kind, changes)
  VALUES ($1::text, $2::smallint, (SELECT seq FROM next), $3, 'event', $4::jsonb) RETURNING seq`;
// A statement of its own: to keep no key costs Postgres a tenth of the whole append.
const APPEND_WITH_KEY = `${NEXT}, kept AS (${KEEP_KEY})
  INSERT INTO handover.outbox (capability, slot, seq, epoch, kind, changes, key)
  VALUES ($1::text, $2::smallint, (SELECT seq FROM next), $4, 'event', $5::jsonb, $3::jsonb) RETURNING seq`;

/**
 * Takes the next `seq` of the slot, which the caller has locked, and writes its outbox row and its key. Answers `seq`. When
 * it throws, the transaction can't be committed any more.
 */
export async function appendEvent(client: PoolClient, event: NewEvent): Promise<number> {
  const { capability, slot, epoch, key } = event;
  const changes = JSON.stringify(event.changes);
  const { rows } = await client.query<{ seq: string }>(
    key === null
      ? { name: "handover: append", text: APPEND, values: [capability, slot, epoch, changes] }
      : {
          name: "handover: append with key",
          text: APPEND_WITH_KEY,
          values: [capability, slot, JSON.stringify(key), epoch, changes],
        },
  );
  return Number(rows[0]?.seq);
}

/** Writes a handover's marker at `seq`, under the epoch that it ends, and wakes its readers with the commit. */
export async function appendMarker(
  client: PoolClient,
  marker: {
    readonly capability: string;
    readonly slot: number;
    readonly seq: number;
    readonly epoch: number;
    readonly nextEpoch: number;
  },
): Promise<void> {
  await client.query(
    `WITH written AS (
       INSERT INTO handover.outbox (capability, slot, seq, epoch, kind, next_epoch)
       VALUES ($1, $2, $3, $4, 'handover', $5)
     )
     SELECT pg_notify($6, '')`,
    [marker.capability, marker.slot, marker.seq, marker.epoch, marker.nextEpoch, WRITTEN_CHANNEL],
  );
}
