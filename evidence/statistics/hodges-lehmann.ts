import { medianOfSorted } from "./quantile.ts";
import { signedRankOrder } from "./signed-rank.ts";

/** An estimate with one-sided bounds, each at its own level; null where the data can't give one. */
export interface Interval {
  readonly estimate: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/**
 * All n(n+1)/2 averages of two of the values, each with itself too, ascending. Their median is the Hodges–Lehmann
 * estimate of the centre, their ends give the signed-rank interval (Hollander & Wolfe §3.2, §3.3).
 */
export function walshAverages(values: readonly number[]): Float64Array {
  const n = values.length;
  const averages = new Float64Array((n * (n + 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) averages[at++] = ((values[i] ?? 0) + (values[j] ?? 0)) / 2;
  }
  return averages.sort();
}

/**
 * The Hodges–Lehmann estimate with one-sided Wilcoxon bounds at `alpha` each. Every bound is moved away from the
 * estimate by the factor `widenedBy`, which makes up for values that are not independent (see `widening`).
 *
 * @param averages from `walshAverages`, so that several levels share one sort
 * @param n how many values they were made of
 */
export function centreInterval(
  averages: Float64Array,
  n: number,
  alpha: number,
  widenedBy: number,
): Interval {
  if (n === 0) return { estimate: null, lower: null, upper: null };
  const estimate = medianOfSorted(averages);
  const k = signedRankOrder(n, alpha);
  if (k === 0) return { estimate, lower: null, upper: null };
  const low = averages[k - 1] ?? estimate;
  const high = averages[averages.length - k] ?? estimate;
  return {
    estimate,
    lower: estimate - widenedBy * (estimate - low),
    upper: estimate + widenedBy * (high - estimate),
  };
}
