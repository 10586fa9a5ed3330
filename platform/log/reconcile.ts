import type { Pool } from "pg";
import { readSlot } from "./backfill.ts";
import type { CopiedCapability, SideRows, SlotChecksum } from "./capability.ts";
import { type CopyRow, readCopies } from "./copy-row.ts";
import { type Difference, differencesOf, explain } from "./difference.ts";
import { at } from "./fault.ts";
import { lagFrom } from "./lag.ts";
import { readHeads } from "./peer.ts";
import { quarantine } from "./quarantine.ts";
import { inSnapshot } from "./snapshot.ts";

export interface ReconcileOptions<Change> {
  readonly capability: CopiedCapability<Change>;
  readonly source: Pool;
  readonly copy: Pool;
  /** How long slots may take to come to equal `seq`. Default 5000. */
  readonly boundMs?: number;
  readonly signal?: AbortSignal;
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface SlotDifference {
  readonly slot: number;
  /** The `seq` that both sides were at. */
  readonly seq: number;
  readonly differing: number;
  /** The first 20. */
  readonly first: readonly Difference[];
}

/** What reconciling found: evidence of kind `data`. slots = equal + different + behind + unfilled + (quarantined − different). */
export interface Reconciliation {
  readonly slots: number;
  readonly equal: number;
  /** Different at equal `seq`; each of them is quarantined now. */
  readonly different: number;
  /** Did not come to equal `seq` within the bound: nothing is known of them. */
  readonly behind: number;
  /** `empty` or `filling`: not compared. */
  readonly unfilled: number;
  /** In quarantine at the end, those found now among them. */
  readonly quarantined: number;
  /** Rows of the equal slots. */
  readonly rows: number;
  /** The largest lag of a following slot at the end. */
  readonly lagMax: number;
  readonly differences: readonly SlotDifference[];
  /** Differences of the rows that belong to no slot (categories), the first 20; mended by the next back-fill. */
  readonly reference: readonly Difference[];
  /** All slots equal, and the reference: the only outcome that may pass a gate. */
  readonly zero: boolean;
}

const EXPLAINED = 20;
const PAUSE_MS = 50;

/**
 * Compares the copy with its owner, slot by slot, at equal `seq` only, each side read in one snapshot (§5.12). Slots at
 * different `seq` are looked at again until the bound, then reported as `behind`, never as different. A difference is
 * confirmed row by row at equal `seq`, explained, and quarantines the copy's slot (BYN-DATA-005); the way out is a
 * back-fill. Never mends anything by itself.
 */
export async function reconcile<Change>(options: ReconcileOptions<Change>): Promise<Reconciliation> {
  const { capability, source, copy, signal } = options;
  const now = options.now ?? Date.now;
  const sleep = options.sleep ?? ((ms) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const deadlineMs = now() + (options.boundMs ?? 5_000);
  const equal = new Map<number, number>();
  const differences: SlotDifference[] = [];
  let open = new Set(
    (await at("the copy's database", () => readCopies(copy, capability.name))).map((r) => r.slot),
  );
  for (;;) {
    signal?.throwIfAborted();
    const ours = await at("the copy's database", () => readCopySide(capability.name, capability.copy, copy));
    const theirs = await at("the owner's database", () =>
      readSourceSide(capability.name, capability.source, source),
    );
    const again = new Set<number>();
    for (const { slot, seq, state } of ours.copies.filter((row) => open.has(row.slot))) {
      if (state !== "following") continue;
      if (theirs.heads.get(slot) !== seq) again.add(slot);
      else if (same(ours.sums.get(slot), theirs.sums.get(slot)))
        equal.set(slot, ours.sums.get(slot)?.rows ?? 0);
      else {
        const looked = await confirm(options, slot);
        if (looked === "moved") again.add(slot);
        else if (looked.differing === 0) equal.set(slot, looked.rows);
        else differences.push(looked);
      }
    }
    open = again;
    if (open.size === 0 || now() >= deadlineMs) break;
    await sleep(PAUSE_MS);
  }
  const reference = await compareReference(options);
  const copies = await at("the copy's database", () => readCopies(copy, capability.name));
  const heads = await at("the owner's database", () => readHeads(source, capability.name));
  const { states, lagMax } = lagFrom(copies, heads);
  return {
    slots: copies.length,
    equal: equal.size,
    different: differences.length,
    behind: open.size,
    unfilled: states.empty + states.filling,
    quarantined: states.quarantined,
    rows: [...equal.values()].reduce((sum, rows) => sum + rows, 0),
    lagMax,
    differences,
    reference: reference.slice(0, EXPLAINED),
    zero: copies.length > 0 && equal.size === copies.length && reference.length === 0,
  };
}

interface CopySide {
  readonly copies: readonly CopyRow[];
  readonly sums: ReadonlyMap<number, SlotChecksum>;
}

interface SourceSide {
  readonly heads: ReadonlyMap<number, number>;
  readonly sums: ReadonlyMap<number, SlotChecksum>;
}

function readCopySide(name: string, side: SideRows, copy: Pool): Promise<CopySide> {
  return inSnapshot(copy, async (client) => ({
    copies: await readCopies(client, name),
    sums: bySlot(await side.checksums(client)),
  }));
}

function readSourceSide(name: string, side: SideRows, source: Pool): Promise<SourceSide> {
  return inSnapshot(source, async (client) => ({
    heads: await readHeads(client, name),
    sums: bySlot(await side.checksums(client)),
  }));
}

function bySlot(sums: readonly SlotChecksum[]): ReadonlyMap<number, SlotChecksum> {
  return new Map(sums.map((sum) => [sum.slot, sum]));
}

/** A slot without rows has no checksum on either side. */
function same(a: SlotChecksum | undefined, b: SlotChecksum | undefined): boolean {
  return a?.checksum === b?.checksum && a?.rows === b?.rows;
}

/**
 * Reads one slot's rows on both sides; at equal `seq` it tells what differs and quarantines the slot, if it is still at
 * that `seq`. `moved` when the sides are not at one `seq`, or the slot left it: then nothing is known yet.
 */
async function confirm<Change>(
  options: ReconcileOptions<Change>,
  slot: number,
): Promise<"moved" | (SlotDifference & { rows: number })> {
  const { capability, source, copy } = options;
  const theirs = await at("the owner's database", () => readSlot(capability, source, slot));
  const ours = await at("the copy's database", () =>
    inSnapshot(copy, async (client) => ({
      row: (await readCopies(client, capability.name)).find((row) => row.slot === slot),
      rows: await capability.copy.rows(client, slot),
    })),
  );
  if (ours.row?.state !== "following" || ours.row.seq !== theirs.seq) return "moved";
  const { seq } = theirs;
  const all = differencesOf(theirs.rows, ours.rows);
  const found = {
    slot,
    seq,
    differing: all.length,
    first: all.slice(0, EXPLAINED),
    rows: theirs.rows.length,
  };
  if (all.length === 0) return found;
  const trouble = { code: "BYN-DATA-005", detail: explain(all, EXPLAINED).slice(0, 4_000), seq } as const;
  const did = await at("the copy's database", () =>
    quarantine(copy, capability.name, slot, trouble, (row) => row.seq === seq),
  );
  return did ? found : "moved";
}

async function compareReference<Change>(options: ReconcileOptions<Change>): Promise<readonly Difference[]> {
  const { reference } = options.capability;
  if (reference === undefined) return [];
  const theirs = await at("the owner's database", () => inSnapshot(options.source, reference.source));
  const ours = await at("the copy's database", () => inSnapshot(options.copy, reference.copy));
  return differencesOf(theirs, ours);
}
