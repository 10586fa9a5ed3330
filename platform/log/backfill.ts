import type { Pool } from "pg";
import { inTransaction } from "../postgres/pool.ts";
import { ALL, announce } from "./announce.ts";
import type { CanonicalRow, CopiedCapability } from "./capability.ts";
import { type CopyRow, lockCopy, mayEnter, readCopies, writeCopy } from "./copy-row.ts";
import { differencesOf } from "./difference.ts";
import { at } from "./fault.ts";
import { readHeads } from "./peer.ts";
import { inSnapshot } from "./snapshot.ts";

export interface BackfillProgress {
  readonly slotsDone: number;
  readonly slotsTotal: number;
  /** Rows written so far. */
  readonly rows: number;
}

export interface BackfillOptions<Change> {
  readonly capability: CopiedCapability<Change>;
  readonly source: Pool;
  readonly copy: Pool;
  readonly onProgress?: (progress: BackfillProgress) => void;
  /** Spreads the load: after each slot it waits as long as its rows may take at this rate. */
  readonly throttle?: { readonly rowsPerSecond: number };
  /** Stops between two slots; what is done stays done. */
  readonly signal?: AbortSignal;
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface BackfillResult {
  /** Slots that needed a fill when it began. */
  readonly slotsTotal: number;
  readonly filled: number;
  /** Slots that another back-fill filled meanwhile. */
  readonly overtaken: number;
  readonly rows: number;
  readonly aborted: boolean;
}

/**
 * Fills every slot that is `empty`, `filling` or `quarantined`, or stands still before a bad event (§5.11); reference
 * rows first. Slots that follow are left alone, so a broken-off one is resumed by calling it again, and one that is complete does nothing. Safe while
 * edits go on, while the worker follows and beside another back-fill: the copy's slot lock and the states decide, the
 * one that comes second finds `following` and leaves it.
 */
export async function backfill<Change>(options: BackfillOptions<Change>): Promise<BackfillResult> {
  const { capability, copy, signal } = options;
  const sleep = options.sleep ?? ((ms) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const copies = await at("the copy's database", () => readCopies(copy, capability.name));
  const todo = copies.filter(wantsFill);
  let filled = 0;
  let overtaken = 0;
  let rows = 0;
  const progress = () =>
    options.onProgress?.({ slotsDone: filled + overtaken, slotsTotal: todo.length, rows });
  progress();
  await fillReference(options);
  for (const { slot } of todo) {
    if (signal?.aborted === true) break;
    const written = await fillSlot(options, slot);
    if (written === undefined) overtaken += 1;
    else {
      filled += 1;
      rows += written;
    }
    progress();
    const rate = options.throttle?.rowsPerSecond;
    if (rate !== undefined && written !== undefined) await sleep((written / rate) * 1_000);
  }
  return {
    slotsTotal: todo.length,
    filled,
    overtaken,
    rows,
    aborted: filled + overtaken < todo.length,
  };
}

/**
 * A slot that stands still before a bad event counts as quarantined: the snapshot is past that event, and a person who
 * asks for a back-fill asks for just that.
 */
function wantsFill(row: CopyRow): boolean {
  const state = row.state === "following" && row.trouble !== undefined ? "quarantined" : row.state;
  return mayEnter(state, "filling");
}

async function fillReference<Change>(options: BackfillOptions<Change>): Promise<void> {
  const { capability, source, copy } = options;
  const { reference } = capability;
  if (reference === undefined) return;
  const rows = await at("the owner's database", () => inSnapshot(source, reference.source));
  const have = await at("the copy's database", () => inSnapshot(copy, reference.copy));
  if (differencesOf(rows, have).length === 0) return;
  await at("the copy's database", () =>
    inTransaction(copy, async (client) => {
      // Two back-fills at once would replace each other's rows in the middle.
      await client.query("SELECT pg_advisory_xact_lock(hashtext($1))", [`reference:${capability.name}`]);
      await reference.replace(client, rows);
      await announce(client, capability.channel, [ALL]);
    }),
  );
}

/** Rows written, or undefined when the slot was in no state to be filled any more. */
async function fillSlot<Change>(options: BackfillOptions<Change>, slot: number): Promise<number | undefined> {
  const { capability, source, copy } = options;
  const began = await at("the copy's database", () =>
    inTransaction(copy, async (client) => {
      const row = await lockCopy(client, capability.name, slot);
      if (!wantsFill(row)) return false;
      await writeCopy(client, capability.name, { ...row, state: "filling", trouble: undefined });
      return true;
    }),
  );
  if (!began) return undefined;
  const snapshot = await at("the owner's database", () => readSlot(capability, source, slot));
  return at("the copy's database", () => putSlot(capability, copy, slot, snapshot));
}

export interface SlotSnapshot {
  readonly seq: number;
  readonly rows: readonly CanonicalRow[];
}

/** `seq` and rows of one slot at the owner, of one moment. */
export function readSlot<Change>(
  capability: CopiedCapability<Change>,
  source: Pool,
  slot: number,
): Promise<SlotSnapshot> {
  return inSnapshot(source, async (client) => ({
    seq: (await readHeads(client, capability.name)).get(slot) ?? 0,
    rows: await capability.source.rows(client, slot),
  }));
}

/**
 * Replaces the slot's rows by the snapshot and sets `following` at its `seq`, in one transaction under the slot lock.
 * Refuses (undefined) unless the slot is `filling` with a `seq` not above the snapshot's: an older snapshot never
 * overwrites what has gone on.
 */
export function putSlot<Change>(
  capability: CopiedCapability<Change>,
  copy: Pool,
  slot: number,
  snapshot: SlotSnapshot,
): Promise<number | undefined> {
  return inTransaction(copy, async (client) => {
    const row = await lockCopy(client, capability.name, slot);
    if (!mayEnter(row.state, "following") || row.seq > snapshot.seq) return undefined;
    await capability.replace(client, slot, snapshot.rows);
    await writeCopy(client, capability.name, {
      slot,
      seq: snapshot.seq,
      state: "following",
      trouble: undefined,
    });
    await announce(client, capability.channel, [ALL]);
    return snapshot.rows.length;
  });
}
