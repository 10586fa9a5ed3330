import { centreInterval, type Interval, walshAverages } from "@banyan/evidence/statistics/hodges-lehmann.ts";
import { median } from "@banyan/evidence/statistics/quantile.ts";
import { ARMS, type Arm, KINDS, type Kind } from "./kinds.ts";

export const METRICS = ["requestsPerSecond", "p50Ms", "p99Ms", "cpuUs", "rssBytes"] as const;
export type Metric = (typeof METRICS)[number];

/** All figures of one arm for one kind of request in one round. */
export interface Reading {
  readonly round: number;
  readonly kind: Kind;
  readonly arm: Arm;
  readonly values: Readonly<Record<Metric, number>>;
  /** Shares of one core at saturation: of the process asked, and of the load generator. */
  readonly targetCoreRatio: number;
  readonly generatorCoreRatio: number;
}

/** One row of the table: a kind, with each arm's medians over the rounds, and Banyan against the two others. */
export interface Row {
  readonly kind: Kind;
  readonly metric: Metric;
  readonly medians: Readonly<Record<Arm, number>>;
  readonly overExpress: Interval;
  readonly overDirect: Interval;
}

/** One-sided level of each bound, so that the two make a 90 % interval. From five rounds on there is one. */
const ALPHA = 0.05;

export function rowsOf(readings: readonly Reading[]): Row[] {
  return KINDS.flatMap((kind) =>
    METRICS.map((metric) => {
      const of = (arm: Arm) => valuesOf(readings, kind, arm, metric);
      const medians = Object.fromEntries(ARMS.map((arm) => [arm, median(of(arm))])) as Record<Arm, number>;
      return {
        kind,
        metric,
        medians,
        overExpress: ratioOf(of("banyan"), of("express")),
        overDirect: ratioOf(of("banyan"), of("direct")),
      };
    }),
  );
}

/**
 * How many times b the figure a is, each pair from one round: the Hodges–Lehmann estimate of the logarithms with its
 * Wilcoxon interval (evidence/statistics), back from logarithms. What was slow for both in a round cancels out.
 */
export function ratioOf(a: readonly number[], b: readonly number[]): Interval {
  const logs = a.map((value, i) => Math.log(value / (b[i] ?? Number.NaN)));
  if (logs.length === 0 || !logs.every(Number.isFinite)) return { estimate: null, lower: null, upper: null };
  const { estimate, lower, upper } = centreInterval(walshAverages(logs), logs.length, ALPHA, 1);
  const back = (log: number | null) => (log === null ? null : Math.exp(log));
  return { estimate: back(estimate), lower: back(lower), upper: back(upper) };
}

function valuesOf(readings: readonly Reading[], kind: Kind, arm: Arm, metric: Metric): number[] {
  return readings
    .filter((reading) => reading.kind === kind && reading.arm === arm)
    .sort((x, y) => x.round - y.round)
    .map(({ values }) => values[metric]);
}
