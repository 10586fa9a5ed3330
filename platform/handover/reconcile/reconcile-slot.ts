import type { Pool, PoolClient } from "pg";
import type { CanonicalRow } from "../../log/capability.ts";
import { type Difference, differencesOf, explain } from "../../log/difference.ts";
import { at } from "../../log/fault.ts";
import { inSnapshot } from "../../log/snapshot.ts";
import type { OwnedCapability } from "../capability.ts";
import { quarantine } from "../slot/quarantine.ts";
import { readSlot, type SlotRow } from "../slot/slot-row.ts";
import { carriedChecksum, carriedRows } from "./carried.ts";
import { markReconcile } from "./running.ts";

export interface ReconcileOptions<Change> {
  readonly owner: { readonly pool: Pool; readonly capability: OwnedCapability<Change> };
  readonly copy: { readonly pool: Pool; readonly capability: OwnedCapability<Change> };
  readonly slot: number;
}

export type SlotReconciliation =
  | { readonly kind: "equal"; readonly seq: number; readonly rows: number }
  /** The two sides are not at one `seq` and epoch, or the slot moved while it was read: nothing is known of it. */
  | { readonly kind: "moving" }
  /** No comparing: there is no owner here, or the copy does not follow. */
  | { readonly kind: "unfit"; readonly why: string }
  /** The copy is quarantined now (BYN-DATA-005). */
  | { readonly kind: "different"; readonly seq: number; readonly differences: readonly Difference[] };

const EXPLAINED = 20;

/**
 * Compares a slot's copy with its owner by checksum, at equal `seq` and epoch only, each read in one snapshot (§5.12):
 * the capability's rows, the keys and the past epochs. A difference is read row by row at equal `seq` and quarantines the
 * copy if it still stands there. Never mends anything. While it runs, no handover of the slot starts; it takes two of the
 * connections of the owner's pool.
 */
export async function reconcileSlot<Change>(options: ReconcileOptions<Change>): Promise<SlotReconciliation> {
  const { owner, copy } = options;
  return at("the owner's database", () =>
    // A transaction of its own, so that what is compared below is not of the moment at which the lock was asked for.
    inSnapshot(owner.pool, async (client) => {
      await markReconcile(client, owner.capability.name, options.slot);
      const theirs = await at("the owner's database", () => sideOf(owner, options.slot, checksums));
      const ours = await at("the copy's database", () => sideOf(copy, options.slot, checksums));
      const why = unfit(theirs.row, ours.row);
      if (why !== undefined) return { kind: "unfit", why };
      if (!together(theirs.row, ours.row)) return { kind: "moving" };
      if (theirs.read.sum === ours.read.sum)
        return { kind: "equal", seq: ours.row.seq, rows: ours.read.rows };
      return confirm(options);
    }),
  );
}

async function confirm<Change>({ owner, copy, slot }: ReconcileOptions<Change>): Promise<SlotReconciliation> {
  const theirs = await at("the owner's database", () => sideOf(owner, slot, allRows));
  const ours = await at("the copy's database", () => sideOf(copy, slot, allRows));
  if (unfit(theirs.row, ours.row) !== undefined || !together(theirs.row, ours.row)) return { kind: "moving" };
  const differences = differencesOf(theirs.read, ours.read);
  const { seq } = ours.row;
  if (differences.length === 0) return { kind: "equal", seq, rows: ours.read.length };
  const detail = explain(differences, EXPLAINED).slice(0, 4_000);
  const did = await at("the copy's database", () =>
    quarantine(copy.pool, copy.capability.name, ours.row, { code: "BYN-DATA-005", detail, seq }),
  );
  return did ? { kind: "different", seq, differences } : { kind: "moving" };
}

function unfit(owner: SlotRow, copy: SlotRow): string | undefined {
  if (!owner.owner) return "the owner's side does not own it now";
  return copy.owner || copy.state !== "following" ? `the copy is ${copy.state}` : undefined;
}

function together(owner: SlotRow, copy: SlotRow): boolean {
  return owner.seq === copy.seq && owner.epoch === copy.epoch;
}

type Side<Change> = ReconcileOptions<Change>["owner"];
type Read<T> = <Change>(client: PoolClient, capability: OwnedCapability<Change>, slot: number) => Promise<T>;

function sideOf<Change, T>(
  { pool, capability }: Side<Change>,
  slot: number,
  read: Read<T>,
): Promise<{ row: SlotRow; read: T }> {
  return inSnapshot(pool, async (client) => ({
    row: await readSlot(client, capability.name, slot),
    read: await read(client, capability, slot),
  }));
}

/** `rows`: the capability's own. */
const checksums: Read<{ readonly sum: string; readonly rows: number }> = async (client, capability, slot) => {
  const [own] = await capability.rows.checksums(client, slot);
  const carried = await carriedChecksum(client, capability.name, slot);
  const rows = own?.rows ?? 0;
  return { sum: `${rows} ${own?.checksum ?? ""} ${carried}`, rows };
};

const allRows: Read<readonly CanonicalRow[]> = async (client, capability, slot) => [
  ...(await capability.rows.rows(client, slot)),
  ...(await carriedRows(client, capability.name, slot)),
];
