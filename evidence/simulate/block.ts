import { rankOf } from "../statistics/quantile.ts";
import type { Noise } from "./noise.ts";
import type { Random } from "./random.ts";

/** The state of one arm in one block: log level, log stretch of the tail, and what the world does to it. */
export interface ArmState {
  readonly level: number;
  readonly stretch: number;
  readonly factor: number;
  readonly fromQuantile: number;
}

export interface BlockQuantiles {
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** The slowest latencies, slowest first, down to the p95: enough for the p99 of merged blocks. */
  readonly slowestMs: readonly number[];
}

/** The latency of a request by its quantile u, given as the log-odds ln(u/(1−u)). Grows with u, whatever the state. */
export function latencyOf(noise: Noise, state: ArmState): (logOdds: number) => number {
  const { level, stretch, factor, fromQuantile } = state;
  const logMedian = Math.log(noise.medianMs) + level;
  const slope = noise.shape * Math.exp(stretch);
  const from = Math.log(fromQuantile / (1 - fromQuantile));
  return (logOdds) => Math.exp(logMedian + slope * logOdds) * (logOdds >= from ? factor : 1);
}

/**
 * The slowest of n independent latencies, slowest first, down to the one of rank `downTo` (from 1, ascending), without
 * drawing all n. Order statistics of uniform numbers follow from Rényi's exponential spacings (1953), and the latency
 * function is monotone, so mapping them is exact, not an approximation.
 */
export function slowestOf(n: number, downTo: number, noise: Noise, state: ArmState, random: Random) {
  const latencyMs = latencyOf(noise, state);
  const slowestMs: number[] = [];
  let spacing = 0;
  for (let rank = n; rank >= downTo; rank--) {
    spacing += random.exponential() / rank;
    // u = exp(−spacing), so u/(1−u) = 1/expm1(spacing).
    slowestMs.push(latencyMs(-Math.log(Math.expm1(spacing))));
  }
  return { slowestMs, lowestUniform: Math.exp(-spacing) };
}

/** The sample quantiles of a block of n requests. Given the p95, the median below it follows from a beta. */
export function blockQuantiles(n: number, noise: Noise, state: ArmState, random: Random): BlockQuantiles {
  const rank95 = rankOf(n, 0.95);
  const rank50 = rankOf(n, 0.5);
  const { slowestMs, lowestUniform } = slowestOf(n, rank95, noise, state, random);
  const middle = lowestUniform * random.beta(rank50, rank95 - rank50);
  return {
    p50Ms: latencyOf(noise, state)(Math.log(middle / (1 - middle))),
    p95Ms: slowestMs.at(-1) ?? Number.NaN,
    slowestMs,
  };
}
