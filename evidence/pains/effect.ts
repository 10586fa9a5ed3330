import { clippedLag1, widening } from "../statistics/autocorrelation.ts";
import { centreInterval, type Interval, walshAverages } from "../statistics/hodges-lehmann.ts";
import { quantileOfSorted, sorted } from "../statistics/quantile.ts";
import type { Block } from "./blocks.ts";

/** Somebody's request beside the disturbances. */
export interface Bystander {
  readonly startMs: number;
  readonly latencyMs: number;
  readonly route: string;
}

/** A disturbance: an invoice, a report, a checkout. */
export interface Disturbance {
  readonly kind: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** What a kind of disturbance did to everyone's slowest answers. */
export interface Effect {
  /** Requests of all blocks of that kind, and of the quiet ones. */
  readonly disturbed: readonly Bystander[];
  readonly quiet: readonly Bystander[];
  /** p99 of each disturbed block over that of the quiet ones on both its sides: Hodges–Lehmann, one-sided bounds. */
  readonly p99Ratio: Interval;
}

/** How long after a disturbance its queue may take to empty. */
const SETTLE_MS = 250;
/** Of each bound; with five rounds the lowest that the ranks can give is 1/32. */
const ALPHA = 0.05;

/**
 * Compares the blocks of one kind with the quiet ones. A request in a quiet block that came while a disturbance was
 * still under way (they outlast their block) or just after is in neither: it saw both. So is one at the very start of a
 * disturbed block, before the first disturbance of it was there.
 */
export function effectOf(
  blocks: readonly Block[],
  bystanders: readonly Bystander[],
  disturbances: readonly Disturbance[],
  kind: string,
): Effect {
  const inBlocks = blocks.map((block) => ({
    block,
    requests: sorting(block, bystanders, disturbances),
  }));
  const of = (wanted: string) =>
    inBlocks.filter(({ block }) => block.kind === wanted).flatMap(({ requests }) => requests);
  const logs: number[] = [];
  for (const [n, { block, requests }] of inBlocks.entries()) {
    if (block.kind !== kind) continue;
    const around = [inBlocks[n - 1], inBlocks[n + 1]].flatMap((next) =>
      next?.block.kind === "quiet" ? next.requests : [],
    );
    const ratio = p99(requests) / p99(around);
    if (Number.isFinite(ratio) && ratio > 0) logs.push(Math.log(ratio));
  }
  const inLogs = centreInterval(walshAverages(logs), logs.length, ALPHA, widening(clippedLag1(logs)));
  const back = (value: number | null) => (value === null ? null : Math.exp(value));
  return {
    disturbed: of(kind),
    quiet: of("quiet"),
    p99Ratio: { estimate: back(inLogs.estimate), lower: back(inLogs.lower), upper: back(inLogs.upper) },
  };
}

function sorting(
  block: Block,
  bystanders: readonly Bystander[],
  disturbances: readonly Disturbance[],
): Bystander[] {
  const inside = bystanders.filter(({ startMs }) => startMs >= block.startMs && startMs < block.endMs);
  if (block.kind === "quiet") {
    return inside.filter(
      ({ startMs, latencyMs }) =>
        !disturbances.some((of) => startMs < of.endMs + SETTLE_MS && startMs + latencyMs > of.startMs),
    );
  }
  const first = disturbances
    .filter((of) => of.kind === block.kind && of.startMs < block.endMs && of.endMs > block.startMs)
    .reduce((least, of) => Math.min(least, of.startMs), Number.POSITIVE_INFINITY);
  return inside.filter(({ startMs, latencyMs }) => startMs + latencyMs >= first);
}

function p99(requests: readonly Bystander[]): number {
  return requests.length === 0
    ? Number.NaN
    : quantileOfSorted(sorted(requests.map(({ latencyMs }) => latencyMs)), 0.99);
}
