import type { SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";
import { lagOf, ownerOf, type SlotPair } from "./pair.ts";

/** Since when a slot stands as it does; `at` says how it stands. */
export type Since = ReadonlyMap<number, { readonly at: string; readonly sinceMs: number }>;

/**
 * Puts both sides' rows together with how long each slot has been in hand or behind. A copy that goes on is not behind
 * for long: the time counts from where it stands. Pure; slots that one side lacks are left out.
 */
export function pairsOf(
  monolith: readonly SlotRow[],
  extracted: readonly SlotRow[],
  before: Since,
  nowMs: number,
): { readonly pairs: readonly SlotPair[]; readonly since: Since } {
  const since = new Map<number, { at: string; sinceMs: number }>();
  const others = new Map(extracted.map((row) => [row.slot, row]));
  const pairs = monolith.flatMap((row) => {
    const other = others.get(row.slot);
    if (other === undefined) return [];
    const both = { slot: row.slot, monolith: row, extracted: other };
    const owner = ownerOf(both);
    if (owner !== undefined && lagOf(both) === 0) return [{ ...both, sinceMs: 0 }];
    const stands = Math.min(row.seq, other.seq);
    const at = owner === undefined ? `in hand ${row.epoch} ${other.epoch}` : `behind ${row.epoch} ${stands}`;
    const known = before.get(row.slot);
    const sinceMs = known?.at === at ? known.sinceMs : nowMs;
    since.set(row.slot, { at, sinceMs });
    return [{ ...both, sinceMs: nowMs - sinceMs }];
  });
  return { pairs, since };
}
