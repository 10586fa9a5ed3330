import { blocksOf } from "./blocks.ts";
import type { Digest, Pair } from "./digest.ts";
import { type Protocol, planOf } from "./protocol.ts";

/** How the candidate of an example differs from the reference, whose p50 is 10 ms, p95 30 ms and p99 60 ms. */
export interface Difference {
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  /** Reference latency, for examples where the absolute floor matters. */
  readonly aMs?: number;
  /** How far the block differences scatter, on the log scale. */
  readonly scatter?: number;
  readonly look?: number;
}

/**
 * A quiet run without a single mistake, for tests that change one thing: the blocks scatter evenly and without
 * correlation, the solo blocks are as the duet's, and every planned request has its answer.
 */
export function exampleDigest(
  protocol: Protocol,
  difference: Difference = {},
  changes: Partial<Digest> = {},
): Digest {
  const { p50 = 1, p95 = 1, p99 = 1, aMs = 10, scatter = 0.01, look = 1 } = difference;
  const plan = planOf(protocol, 200);
  const lookMs = plan.looksMs[look - 1] ?? 0;
  const blocks = blocksOf("duet", plan, lookMs).length;
  const pairs = (count: number, referenceMs: number, factor: number) =>
    Array.from({ length: count }, (_, i): Pair => {
      // The golden ratio spreads i evenly over (−1, 1), and neighbours lie on opposite sides.
      const spread = 2 * ((i * 0.618034) % 1) - 1;
      return { aMs: referenceMs, bMs: referenceMs * factor * Math.exp(scatter * spread) };
    });
  const n = (plan.ratePerSecond * blocks * plan.blockMs) / 2000;
  return {
    plan,
    pairs: {
      p50: pairs(blocks, aMs, p50),
      p95: pairs(blocks, 3 * aMs, p95),
      p99: pairs(Math.floor(blocks / protocol.p99.mergedBlocks), 6 * aMs, p99),
    },
    a: { n, bad: 0 },
    b: { n, bad: 0 },
    eValue: 1,
    watched: { a: { n, bad: 0 }, b: { n, bad: 0 } },
    solo: blocksOf("solo", plan, lookMs).map((block) => ({
      aloneMs: aMs * (1 + 0.001 * ((block * 0.618034) % 1)),
      besideMs: aMs,
    })),
    routes: [],
    droppedIterations: 0,
    latenessP99Ms: 2,
    wrongSide: 0,
    ...changes,
  };
}
