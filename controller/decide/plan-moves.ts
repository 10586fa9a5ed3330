import { peerOf, type Side } from "@banyan/contracts/http/headers.ts";
import { abortPlan } from "@banyan/platform/handover/act/abort.ts";
import { whyNot } from "@banyan/platform/handover/act/hand-over.ts";
import type { Share } from "../intent/share.ts";
import { giverOf, isRehearsal, lagOf, ownerOf, type SlotPair } from "./pair.ts";

/** One act of the controller. */
export type Move =
  /** Refused at the owner unless it still owns the slot at `epoch`. */
  | { readonly do: "hand-over"; readonly slot: number; readonly from: Side; readonly epoch: number }
  /** Straight from the peer's outbox into `to`. */
  | { readonly do: "drain"; readonly slot: number; readonly to: Side }
  /** `from` gets back what it gave; one that was left half done is finished. */
  | { readonly do: "abort"; readonly slot: number; readonly from: Side }
  | { readonly do: "fill"; readonly slot: number; readonly copy: Side };

export interface Bounds {
  /** Slots without an owner at one time. */
  readonly inHand: number;
  /** Copies that are filled in one round. */
  readonly fills: number;
  /** A handover starts with at most so many changes to go. */
  readonly maxLag: number;
  readonly drainInHandMs: number;
  readonly drainBehindMs: number;
}

/** Design §5.6 and §5.7. */
export const BOUNDS: Bounds = {
  inHand: 8,
  fills: 4,
  maxLag: 50,
  drainInHandMs: 1_000,
  drainBehindMs: 10_000,
};

/**
 * What to do now so that slots 1…`share.slots` come to belong to the extracted side and the rest to the monolith. What was
 * begun is finished whatever the intent; an unknown one begins nothing. Goes up from the lowest slot and down from the
 * highest, so what the extracted side owns stays 1…n where the copies allow it. Pure.
 */
export function planMoves(pairs: readonly SlotPair[], share: Share, bounds: Bounds): readonly Move[] {
  const finishing = pairs.flatMap((pair) => finish(pair, bounds));
  if (!share.known) return finishing;
  const counted = pairs.filter((pair) => !isRehearsal(pair));
  const wanted = ({ slot }: SlotPair): Side => (slot <= share.slots ? "extracted" : "monolith");
  const free = Math.max(0, bounds.inHand - counted.filter((pair) => ownerOf(pair) === undefined).length);
  const misplaced = counted.filter((pair) => ownerOf(pair) === peerOf(wanted(pair)));
  const down = misplaced.filter((pair) => wanted(pair) === "monolith").sort((a, b) => b.slot - a.slot);
  const up = misplaced.filter((pair) => wanted(pair) === "extracted").sort((a, b) => a.slot - b.slot);
  const begun = [...down, ...up]
    .flatMap((pair): Move[] => {
      const to = wanted(pair);
      const from = peerOf(to);
      const ready = whyNot(pair[from], pair[to], bounds.maxLag) === undefined;
      return ready ? [{ do: "hand-over", slot: pair.slot, from, epoch: pair[from].epoch }] : [];
    })
    .slice(0, free);
  const fills = counted.flatMap((pair) => fill(pair, wanted(pair))).slice(0, bounds.fills);
  return [...finishing, ...begun, ...fills];
}

/** Drains what is in hand or behind for too long; takes back what can't arrive. */
function finish(pair: SlotPair, bounds: Bounds): Move[] {
  const { slot, sinceMs } = pair;
  const owner = ownerOf(pair);
  if (owner === "torn") return [];
  if (owner !== undefined) {
    const to = peerOf(owner);
    const late = lagOf(pair) > 0 && sinceMs >= bounds.drainBehindMs && pair[to].state === "following";
    return late ? [{ do: "drain", slot, to }] : [];
  }
  if (sinceMs < bounds.drainInHandMs) return [];
  const from = giverOf(pair);
  const receiver = pair[peerOf(from)];
  // An impossible event (BYN-DATA-026) waits for a person: an abort would take the alarm away.
  if (receiver.trouble?.code === "BYN-DATA-026") return [];
  const stuck = receiver.state !== "following" || receiver.trouble !== undefined;
  if (!stuck) return [{ do: "drain", slot, to: peerOf(from) }];
  return abortPlan(pair[from], receiver) === undefined ? [] : [{ do: "abort", slot, from }];
}

/**
 * A copy is filled where its side is to own the slot, and always at the monolith: without it there is no way back. A
 * quarantined one waits for a person, who may want to see what was different.
 */
function fill(pair: SlotPair, wanted: Side): Move[] {
  const owner = ownerOf(pair);
  if (owner === undefined || owner === "torn") return [];
  const copy = peerOf(owner);
  const { state } = pair[copy];
  const due = (state === "empty" || state === "filling") && (wanted === copy || copy === "monolith");
  return due ? [{ do: "fill", slot: pair.slot, copy }] : [];
}
