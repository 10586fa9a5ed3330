import { peerOf, SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { SLOTS } from "@banyan/contracts/slot.ts";
import type { Pool } from "pg";
import { at } from "../../log/fault.ts";
import type { Reconciliation, SlotDifference } from "../../log/reconcile.ts";
import type { OwnedCapability } from "../capability.ts";
import { readSlots, type SlotRow } from "../slot/slot-row.ts";
import { reconcileSlot } from "./reconcile-slot.ts";

export interface ReconcileSlotsOptions<Change> {
  readonly sides: Readonly<
    Record<Side, { readonly pool: Pool; readonly capability: OwnedCapability<Change> }>
  >;
  /** How long slots may take to come to equal `seq`, ms. */
  readonly boundMs: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (compared: number, of: number) => void;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const EXPLAINED = 20;
const PAUSE_MS = 50;

/**
 * Compares every slot's copy with its owner, whichever side that is (§5.12), the rehearsals' slots left out. Slots in hand
 * or at different `seq` are looked at again until the bound, then reported as `behind`, never as different. What differs is
 * quarantined at the copy. @throws BYN-DATA-009 (a database away)
 */
export async function reconcileSlots<Change>(
  options: ReconcileSlotsOptions<Change>,
): Promise<Reconciliation> {
  const { now, sleep, signal, onProgress } = options;
  const deadlineMs = now() + options.boundMs;
  const equal = new Map<number, number>();
  const differences: SlotDifference[] = [];
  let open = Array.from({ length: SLOTS }, (_, i) => i + 1);
  for (;;) {
    const rows = await rowsOf(options);
    const again: number[] = [];
    for (const slot of open) {
      signal?.throwIfAborted();
      const owner = SIDES.find((side) => rows[side].get(slot)?.owner === true);
      const copy = owner === undefined ? undefined : rows[peerOf(owner)].get(slot);
      if (owner === undefined || copy === undefined) again.push(slot);
      else if (copy.state === "following") {
        const { monolith, extracted } = options.sides;
        const pair =
          owner === "monolith" ? { owner: monolith, copy: extracted } : { owner: extracted, copy: monolith };
        const found = await reconcileSlot({ ...pair, slot });
        if (found.kind === "equal") equal.set(slot, found.rows);
        else if (found.kind === "different") {
          const { seq, differences: all } = found;
          differences.push({ slot, seq, differing: all.length, first: all.slice(0, EXPLAINED) });
        } else again.push(slot);
      }
      onProgress?.(equal.size + differences.length, SLOTS);
    }
    open = again;
    if (open.length === 0 || now() >= deadlineMs) break;
    await sleep(PAUSE_MS);
  }
  return resultOf(await rowsOf(options), { equal, differences, behind: open.length });
}

type Rows = Readonly<Record<Side, ReadonlyMap<number, SlotRow>>>;

async function rowsOf<Change>({ sides }: ReconcileSlotsOptions<Change>): Promise<Rows> {
  const read = async (side: Side) => {
    const { pool, capability } = sides[side];
    const rows = await at(`the ${side} side's database`, () => readSlots(pool, capability.name));
    return new Map(rows.map((row) => [row.slot, row]));
  };
  const [monolith, extracted] = await Promise.all([read("monolith"), read("extracted")]);
  return { monolith, extracted };
}

function resultOf(
  rows: Rows,
  found: {
    readonly equal: ReadonlyMap<number, number>;
    readonly differences: readonly SlotDifference[];
    readonly behind: number;
  },
): Reconciliation {
  let unfilled = 0;
  let quarantined = 0;
  let lagMax = 0;
  for (let slot = 1; slot <= SLOTS; slot++) {
    const [monolith, extracted] = [rows.monolith.get(slot), rows.extracted.get(slot)];
    for (const row of [monolith, extracted]) {
      if (row?.state === "empty" || row?.state === "filling") unfilled += 1;
      if (row?.state === "quarantined") quarantined += 1;
    }
    if (monolith?.state === "following" && extracted?.state === "following") {
      lagMax = Math.max(lagMax, Math.abs(monolith.seq - extracted.seq));
    }
  }
  const { equal, differences, behind } = found;
  return {
    slots: SLOTS,
    equal: equal.size,
    different: differences.length,
    behind,
    unfilled,
    quarantined,
    rows: [...equal.values()].reduce((sum, count) => sum + count, 0),
    lagMax,
    differences,
    reference: [],
    zero: equal.size === SLOTS,
  };
}
