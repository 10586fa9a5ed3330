import { peerOf } from "@banyan/contracts/http/headers.ts";
import { isRehearsal, lagOf, ownerOf, type SlotPair } from "../decide/pair.ts";
import type { Share } from "../intent/share.ts";

/** What `/status` says of a capability. */
export interface CapabilityStatus {
  readonly capability: string;
  /** Slots that the extracted side should own; null while that is unknown, with the reason beside it. */
  readonly intent: number | null;
  readonly unknown?: { readonly code: string; readonly why: string };
  /** Slots that the extracted side owns. */
  readonly owned: number;
  /** Slots without an owner at this moment. */
  readonly inHand: number;
  readonly quarantined: number;
  /** Copies, at either side, that are filled and follow their owner. */
  readonly following: number;
  /** Changes that the copies have still to take, all slots together. */
  readonly lag: number;
}

export function statusOf(capability: string, share: Share, all: readonly SlotPair[]): CapabilityStatus {
  const pairs = all.filter((pair) => !isRehearsal(pair));
  const count = (is: (pair: SlotPair) => boolean) => pairs.filter(is).length;
  const followed = pairs.filter((pair) => {
    const owner = ownerOf(pair);
    return owner === undefined || (owner !== "torn" && pair[peerOf(owner)].state === "following");
  });
  return {
    capability,
    intent: share.known ? share.slots : null,
    ...(share.known ? {} : { unknown: { code: share.code, why: share.why } }),
    owned: count(({ extracted }) => extracted.owner),
    inHand: count((pair) => ownerOf(pair) === undefined),
    quarantined: count((p) => p.monolith.state === "quarantined" || p.extracted.state === "quarantined"),
    following: count((pair) => ownerOf(pair) !== undefined && followed.includes(pair)),
    lag: followed.reduce((sum, pair) => sum + lagOf(pair), 0),
  };
}
