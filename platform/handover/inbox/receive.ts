import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Pool, PoolClient } from "pg";
import type { Trouble } from "../../log/copy-row.ts";
import { isPassing } from "../../log/fault.ts";
import { inTransaction } from "../../postgres/pool.ts";
import type { OwnedCapability } from "../capability.ts";
import type { OutboxRow } from "../outbox/outbox-row.ts";
import { noteEpoch, readEpochs } from "../slot/past-epochs.ts";
import { lockSlot, type SlotRow, writeSlot } from "../slot/slot-row.ts";
import { KEEP_KEY } from "../write/keys.ts";
import { judge } from "./judge.ts";

/** How one delivery to a slot ended. */
export interface Received {
  /** The slot's row after it. */
  readonly row: SlotRow;
  readonly applied: number;
  readonly duplicates: number;
  /** Rows of a past epoch after its last, stored in `handover.foreign_tail`. */
  readonly foreign: number;
  /**
   * `taken`: all were judged · `gap`: one was beyond `seq` + 1, it and the rest were dropped · `stopped`: one is bad or
   * impossible and the slot stands before it · `refused`: the slot takes nothing now.
   */
  readonly end: "taken" | "gap" | "stopped" | "refused";
}

// A slot in other hands (a re-fill) is passed over and tried again; it must not hold the others up.
const BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '250ms'";

/**
 * Delivers events to one slot in one transaction, which first locks the slot's row (§5.5). Rows, keys, `seq` and
 * ownership commit together, so a crash at any point applies each event once; applying writes no outbox row, so nothing
 * echoes. A bad event stops its slot with the reason in its row (BYN-DATA-002, -003) and is tried again when it is
 * delivered again; an impossible one (BYN-DATA-026) stops it until a person has looked. What passes by itself (a broken
 * connection, a full disk) is thrown and leaves nothing behind.
 */
export async function receive<Change>(
  own: Pool,
  capability: OwnedCapability<Change>,
  slot: number,
  events: readonly OutboxRow[],
): Promise<Received> {
  const judged = async (client: PoolClient): Promise<Received> => {
    const before = await lockSlot(client, capability.name, slot);
    const counted = { applied: 0, duplicates: 0, foreign: 0 };
    let row = before;
    let end: Received["end"] = "taken";
    for (const event of events) {
      const past = event.epoch < row.epoch ? await readEpochs(client, capability.name, slot) : [];
      const judgement = judge(row, event, (epoch) => past.find((p) => p.epoch === epoch)?.lastSeq ?? 0);
      if (judgement === "duplicate") counted.duplicates += 1;
      else if (judgement === "foreign") {
        counted.foreign += await keepForeign(client, capability.name, slot, event);
      } else if (judgement === "next") {
        const after = await applyOne(client, capability, row, event);
        row = after;
        if (after.trouble === undefined) counted.applied += 1;
        else end = "stopped";
      } else if (judgement === "impossible") {
        row = { ...row, trouble: impossible(row, event) };
        end = "stopped";
      } else end = judgement;
      if (end !== "taken") break;
    }
    if (row !== before) await writeSlot(client, capability.name, row);
    return { ...counted, row, end };
  };
  return inTransaction(own, judged, BEGIN);
}

/** The row after the event; one that can't be applied leaves all but `trouble` as it was. */
async function applyOne<Change>(
  client: PoolClient,
  capability: OwnedCapability<Change>,
  row: SlotRow,
  event: OutboxRow,
): Promise<SlotRow> {
  const { seq } = event;
  if (event.kind === "handover") return takeOver(client, capability.name, row, event);
  let changes: readonly Change[];
  try {
    changes = capability.parse(row.slot, seq, event.changes);
  } catch (error) {
    return { ...row, trouble: troubleOf("BYN-DATA-002", seq, error) };
  }
  await client.query("SAVEPOINT event");
  try {
    await capability.apply(client, row.slot, changes);
    if (event.key !== null) {
      await client.query(KEEP_KEY, [capability.name, row.slot, JSON.stringify(event.key)]);
    }
    // A deferred constraint would speak up at COMMIT only, where no event can be blamed any more.
    await client.query("SET CONSTRAINTS ALL IMMEDIATE; RELEASE SAVEPOINT event");
    return { ...row, seq, trouble: undefined };
  } catch (error) {
    if (isPassing(error)) throw error;
    // Fails on a connection that broke meanwhile: then it is thrown, and no event is blamed for it.
    await client.query("ROLLBACK TO SAVEPOINT event");
    return { ...row, trouble: troubleOf("BYN-DATA-003", seq, error) };
  }
}

/** The receiver owns the slot by applying the marker: by then it has every earlier write and every key (§5.6). */
async function takeOver(
  client: PoolClient,
  capability: string,
  row: SlotRow,
  { seq, epoch, nextEpoch }: OutboxRow,
): Promise<SlotRow> {
  if (nextEpoch !== epoch + 1) {
    return { ...row, trouble: troubleOf("BYN-DATA-002", seq, new Error(`its next epoch is ${nextEpoch}`)) };
  }
  await noteEpoch(client, capability, row.slot, { epoch, lastSeq: seq });
  return { ...row, owner: true, epoch: nextEpoch, seq, trouble: undefined };
}

async function keepForeign(
  client: PoolClient,
  capability: string,
  slot: number,
  event: OutboxRow,
): Promise<number> {
  const { rowCount } = await client.query(
    `INSERT INTO handover.foreign_tail (capability, slot, epoch, seq, event_id, event)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [capability, slot, event.epoch, event.seq, event.eventId, JSON.stringify(event)],
  );
  return rowCount ?? 0;
}

function impossible(row: SlotRow, { epoch, seq }: OutboxRow): Trouble {
  const is = row.owner ? "the owner" : "a copy";
  const detail = `an event of epoch ${epoch}, seq ${seq} came to ${is} at epoch ${row.epoch}, seq ${row.seq}`;
  return { code: "BYN-DATA-026", detail, seq };
}

function troubleOf(code: Trouble["code"], seq: number, error: unknown): Trouble {
  const words =
    error instanceof BanyanError ? error.detail : error instanceof Error ? error.message : "failed";
  return { code, seq, detail: `event ${seq}: ${words}`.slice(0, 1_000) };
}
