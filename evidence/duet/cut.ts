import type { Count } from "../statistics/newcombe.ts";
import { quantileOfSorted, sorted } from "../statistics/quantile.ts";
import { blockAt, blocksOf } from "./blocks.ts";
import type { Digest, Pair, RouteDigest } from "./digest.ts";
import { ErrorWatch, isWatched } from "./error-watch.ts";
import type { Arm, Observation, Plan, Sample } from "./observation.ts";
import type { Protocol } from "./protocol.ts";
import { type Solo, soloOf } from "./solo.ts";
import type { Metric } from "./verdict.ts";

export const SHARES: Readonly<Record<Metric, number>> = { p50: 0.5, p95: 0.95, p99: 0.99 };

/** A p95 of fewer than 20 values would be their maximum; a block with fewer in either arm is not used for it. */
export function fewestFor(metric: Metric): number {
  return Math.round(1 / (1 - SHARES[metric]));
}

/**
 * Cuts what a run saw into blocks, up to the end of a look. A sample belongs to the block in which it was *sent*, so
 * a slow answer can't move into a later block; one that was due in a block of the other phase and started a moment
 * late belongs to none. Wrong answers keep their latency: if time-outs left the tail, the slowest side would look fast.
 *
 * @param look from 1
 */
export function digestOf(observation: Observation, protocol: Protocol, look: number): Digest {
  const { plan, samples } = observation;
  const lookMs = plan.looksMs[look - 1] ?? 0;
  const seen = samples.filter((s) => s.startMs < plan.warmUpMs + lookMs);
  const duet = seen.filter((s) => s.phase === "duet");
  const lateness = seen.filter((s) => s.phase !== "warmup").map((s) => s.latenessMs);
  const blocks = blocksOf("duet", plan, lookMs);
  const watched = seen.filter(isWatched);
  const watch = new ErrorWatch();
  for (const s of seen) watch.observe(s);
  return {
    plan,
    pairs: pairsOf(duet, protocol, plan, blocks),
    a: countOf(duet, "a"),
    b: countOf(duet, "b"),
    eValue: watch.highest,
    watched: { a: countOf(watched, "a"), b: countOf(watched, "b") },
    solo: soloParts(seen, plan, lookMs),
    routes: routesOf(duet, protocol, plan, blocks),
    droppedIterations: observation.droppedIterations,
    latenessP99Ms: lateness.length ? quantileOfSorted(sorted(lateness), 0.99) : 0,
    wrongSide: seen.filter((s) => servedByWrongSide(s, observation.expectedSide)).length,
  };
}

/** A good answer must say the right side. A failed one may name nobody (nobody answered), but never another side. */
function servedByWrongSide(s: Sample, expected: Observation["expectedSide"]): boolean {
  const side = expected[s.arm];
  return side !== undefined && s.side !== side && (s.ok || s.side !== "");
}

function soloParts(seen: readonly Sample[], plan: Plan, lookMs: number): Solo[] {
  const p50s = (phase: "solo" | "duet") => {
    const blocks = blocksOf(phase, plan, lookMs);
    const ofPhase = seen.filter((s) => s.phase === phase);
    return latenciesByBlock(ofPhase, "a", plan, blocks).flatMap((values, i): [number, number][] => {
      const block = blocks[i];
      if (block === undefined || values.length < fewestFor("p95")) return [];
      return [[block, quantileOfSorted(sorted(values), SHARES.p50)]];
    });
  };
  return soloOf(new Map(p50s("solo")), new Map(p50s("duet")));
}

function routesOf(duet: readonly Sample[], protocol: Protocol, plan: Plan, blocks: readonly number[]) {
  const byRoute = Map.groupBy(duet, (s) => s.route);
  return [...byRoute.keys()].sort().map((route): RouteDigest => {
    const samples = byRoute.get(route) ?? [];
    return {
      route,
      a: countOf(samples, "a"),
      b: countOf(samples, "b"),
      pairs: pairsOf(samples, protocol, plan, blocks),
    };
  });
}

function countOf(samples: readonly Sample[], arm: Arm): Count {
  const own = samples.filter((s) => s.arm === arm);
  return { n: own.length, bad: own.filter((s) => !s.ok).length };
}

function pairsOf(
  samples: readonly Sample[],
  { p99 }: Protocol,
  plan: Plan,
  blocks: readonly number[],
): Record<Metric, Pair[]> {
  const a = latenciesByBlock(samples, "a", plan, blocks);
  const b = latenciesByBlock(samples, "b", plan, blocks);
  // p50 and p95 stand on the same blocks, so that the report can draw them together.
  const fewest = fewestFor("p95");
  return {
    p50: quantilePairs(a, b, "p50", fewest),
    p95: quantilePairs(a, b, "p95", fewest),
    p99: quantilePairs(merge(a, p99.mergedBlocks), merge(b, p99.mergedBlocks), "p99", fewestFor("p99")),
  };
}

function quantilePairs(a: number[][], b: number[][], metric: Metric, fewest: number): Pair[] {
  return a.flatMap((inA, i) => {
    const inB = b[i] ?? [];
    if (inA.length < fewest || inB.length < fewest) return [];
    return {
      aMs: quantileOfSorted(sorted(inA), SHARES[metric]),
      bMs: quantileOfSorted(sorted(inB), SHARES[metric]),
    };
  });
}

/** One list for each of `blocks`, in their order. */
function latenciesByBlock(
  samples: readonly Sample[],
  arm: Arm,
  plan: Plan,
  blocks: readonly number[],
): number[][] {
  const latencies = new Map(blocks.map((block): [number, number[]] => [block, []]));
  for (const s of samples) {
    if (s.arm === arm) latencies.get(blockAt(s.startMs, plan))?.push(s.latencyMs);
  }
  return [...latencies.values()];
}

/** Joins each `by` blocks of the duet in a row; blocks left over at the end are not used. */
function merge(blocks: number[][], by: number): number[][] {
  return Array.from({ length: Math.floor(blocks.length / by) }, (_, i) =>
    blocks.slice(i * by, (i + 1) * by).flat(),
  );
}
