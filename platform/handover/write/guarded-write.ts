import type { Pool, PoolClient } from "pg";
import { BEGIN, onConnection } from "../../postgres/pool.ts";
import { appendEvent } from "../outbox/outbox-row.ts";
import { wakeReaders } from "../outbox/wake.ts";
import { lockSlot } from "../slot/slot-row.ts";
import { findKey, type KeyRecord, otherBody, type StoredResponse, type WriteKey } from "./keys.ts";
import { MisdirectedError } from "./misdirected.ts";

export interface GuardedWrite {
  readonly capability: string;
  /** `slotOf(capability, <slot key>)`, or a rehearsal slot. */
  readonly slot: number;
  /** The client's `Idempotency-Key`, when it sent one. */
  readonly key?: WriteKey;
}

/** What the business part of a write did. */
export interface Done {
  /** Every change that it made to the slot, as the event carries them. None: nothing was changed, nothing is kept. */
  readonly changes: readonly unknown[];
  /** To replay under the write's key; null leaves the key in progress until a later write `settles` it (§5.13). */
  readonly response: StoredResponse | null;
  /** A key of an earlier write of this slot that this one gives its response. Not together with a key of its own. */
  readonly settles?: KeyRecord;
}

export type WriteOutcome =
  | {
      readonly kind: "written";
      readonly seq: number;
      readonly epoch: number;
      readonly response: StoredResponse | null;
    }
  /** No change was made, so all was rolled back: the same key may be used again. */
  | { readonly kind: "unchanged"; readonly response: StoredResponse | null }
  | { readonly kind: "replayed"; readonly response: StoredResponse }
  /** The key's first request has not ended yet. */
  | { readonly kind: "in-progress" };

/**
 * One write to an owned slot (§5.2): in one READ COMMITTED transaction it locks the slot's row, refuses if this side is
 * not the owner, answers a known key from what is stored, lets `work` change the business rows, and records exactly one
 * outbox row at `seq` + 1 with all changes, the key and its response. Whatever writes no outbox row is rolled back and
 * leaves `seq` as it was. `work` makes no network call: the slot is locked meanwhile. On a pipelining pool (`createPool`)
 * that is two round trips, and those of `work`.
 * @throws MisdirectedError (421, BYN-DATA-020); BYN-DATA-021 (422, the key with another body); BYN-DATA-006; what
 * `work` throws, with nothing written.
 */
export async function guardedWrite(
  pool: Pool,
  write: GuardedWrite,
  work: (client: PoolClient) => Promise<Done>,
): Promise<WriteOutcome> {
  let outcome: WriteOutcome;
  try {
    outcome = await onConnection(pool, (client) => inOneTransaction(client, write, work));
  } catch (error) {
    if (error instanceof RolledBack) return error.outcome;
    throw error;
  }
  wakeReaders(pool);
  return outcome;
}

async function inOneTransaction(
  client: PoolClient,
  { capability, slot, key }: GuardedWrite,
  work: (client: PoolClient) => Promise<Done>,
): Promise<WriteOutcome> {
  // Sent together, and run one after another: the key is looked up by a statement of its own, which begins when the lock
  // is had. One snapshot with the lock's would not see the key of the writer that it waited for.
  const [, row, known] = await Promise.all([
    client.query(BEGIN),
    lockSlot(client, capability, slot),
    key === undefined ? undefined : findKey(client, capability, slot, key),
  ]);
  const { owner, epoch } = row;
  if (!owner) throw new MisdirectedError({ reason: "not-owner", capability, slot, epoch });
  if (key !== undefined && known !== undefined) throw new RolledBack(repeated(known, key));
  const done = await work(client);
  const { changes, response } = done;
  if (changes.length === 0) throw new RolledBack({ kind: "unchanged", response });
  // One row carries one key: the other would be lost without a word.
  if (done.settles !== undefined && key !== undefined)
    throw new Error("a write with a key settles another key");
  const kept = done.settles ?? (key === undefined ? null : { ...key, response });
  // Sent together as well: after an event that can't be appended, COMMIT is a rollback.
  const [seq] = await Promise.all([
    appendEvent(client, { capability, slot, epoch, changes, key: kept }),
    client.query("COMMIT"),
  ]);
  return { kind: "written", seq, epoch, response };
}

/** What a request gets whose key is known already. */
function repeated(known: KeyRecord, key: WriteKey): WriteOutcome {
  if (known.bodyHash !== key.bodyHash) throw otherBody();
  if (known.response === null) return { kind: "in-progress" };
  return { kind: "replayed", response: known.response };
}

/** Ends the transaction by a rollback, with an outcome that is no error. */
class RolledBack extends Error {
  readonly outcome: WriteOutcome;

  constructor(outcome: WriteOutcome) {
    super("rolled back");
    this.outcome = outcome;
  }
}
