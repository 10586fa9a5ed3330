import { peerOf, type Side } from "@banyan/contracts/http/headers.ts";
import type { MisdirectedAnswer } from "@banyan/contracts/http/misdirected.ts";

/** One sending of a request that ended in a 421 of ours. */
export interface Try {
  readonly side: Side;
  readonly said: MisdirectedAnswer;
  /** False when its epoch is too far from what is known to say anything. */
  readonly believed: boolean;
}

export type Next =
  | { readonly do: "send"; readonly side: Side }
  /** Then send there. */
  | { readonly do: "wait"; readonly ms: number; readonly side: Side }
  | { readonly do: "refuse"; readonly why: "bound" | "unknown" };

export interface Held {
  /** Where the first sending goes. */
  readonly first: Side;
  readonly tries: readonly Try[];
  /** Since the first 421. */
  readonly heldMs: number;
  readonly boundMs: number;
  /** From 0 up to 1. */
  readonly random: number;
}

const SHORTEST_MS = 10;
const LONGEST_MS = 100;

/**
 * What is next for a request all of whose sendings ended in a 421 (design §5.8): the other side at once, then, with a
 * growing pause, the side that did not report the higher epoch, because with no owner the lower epoch owns next. Where
 * an epoch is not believed, each side in turn.
 */
export function nextTry({ first, tries, heldMs, boundMs, random }: Held): Next {
  const last = tries.at(-1);
  if (last === undefined) return { do: "send", side: first };
  if (heldMs >= boundMs) return { do: "refuse", why: "bound" };
  const other = peerOf(last.side);
  const before = tries.findLast(({ side }) => side === other);
  if (before === undefined) return { do: "send", side: other };
  if (last.said.reason === "unknown" && before.said.reason === "unknown") {
    return { do: "refuse", why: "unknown" };
  }
  const ms = pauseMs(tries.length - 2, random);
  if (heldMs + ms >= boundMs) return { do: "refuse", why: "bound" };
  const lower = last.believed && before.believed && epochOf(last) < epochOf(before);
  return { do: "wait", ms, side: lower ? last.side : other };
}

function epochOf({ said }: Try): number {
  return said.reason === "unknown" ? 0 : said.epoch;
}

function pauseMs(times: number, random: number): number {
  const grown = Math.min(SHORTEST_MS * 1.5 ** times, LONGEST_MS);
  return Math.max(SHORTEST_MS, Math.round(grown * (0.5 + random / 2)));
}
