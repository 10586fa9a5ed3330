import type { Side } from "@banyan/contracts/http/headers.ts";
import { SLOTS } from "@banyan/contracts/slot.ts";
import type { SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";

/** The rows of one slot at both sides, as they were read, and for how long it has been so. */
export interface SlotPair extends Readonly<Record<Side, SlotRow>> {
  readonly slot: number;
  /** For how long nobody owns it, or its copy stands still behind its owner. */
  readonly sinceMs: number;
}

/** Undefined: nobody, so it is in hand; `torn`: the two rows were read at different moments and say nothing. */
export function ownerOf({ monolith, extracted }: Pick<SlotPair, Side>): Side | "torn" | undefined {
  if (monolith.owner && extracted.owner) return "torn";
  if (monolith.owner) return "monolith";
  return extracted.owner ? "extracted" : undefined;
}

/** Which side gave away a slot that is in hand: the one that is ahead, by the marker at least. */
export function giverOf({ monolith, extracted }: Pick<SlotPair, Side>): Side {
  return monolith.seq > extracted.seq ? "monolith" : "extracted";
}

/** Changes that the owner, or who was it last, has and the copy has not. */
export function lagOf(pair: Pick<SlotPair, Side>): number {
  return Math.abs(pair.monolith.seq - pair.extracted.seq);
}

/** A slot that no key hashes to (101, 102): it is drained, but never handed over, filled or counted from here. */
export function isRehearsal({ slot }: Pick<SlotPair, "slot">): boolean {
  return slot > SLOTS;
}
