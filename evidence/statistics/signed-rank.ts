import { upperNormal } from "./normal.ts";

/** Counts up to 2^50 are exact in a double, and with them the distribution. */
export const EXACT_UP_TO = 50;

const known = new Map<number, Float64Array>();

/**
 * P(T⁺ ≤ t) for t = 0 … n(n+1)/2, the null distribution of Wilcoxon's signed-rank statistic, exact. Dynamic
 * programming over the ranks: each of 1 … n is in the sum or not (Hollander & Wolfe, Nonparametric Statistical
 * Methods, §3.1).
 *
 * @param n 1 … 50
 */
export function signedRankCdf(n: number): Float64Array {
  const before = known.get(n);
  if (before) return before;
  const most = (n * (n + 1)) / 2;
  const ways = new Float64Array(most + 1);
  ways[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    for (let t = most; t >= rank; t--) ways[t] = (ways[t] ?? 0) + (ways[t - rank] ?? 0);
  }
  let sum = 0;
  const cdf = ways.map((w) => {
    sum += w;
    return sum / 2 ** n;
  });
  known.set(n, cdf);
  return cdf;
}

/**
 * Which of the sorted Walsh averages, counted from the end, bounds the centre at a one-sided level: the largest k
 * with P(T⁺ ≤ k − 1) ≤ alpha. 0 means that n values can't give a bound at this level. Above 50 values by the normal
 * approximation with continuity correction.
 */
export function signedRankOrder(n: number, alpha: number): number {
  if (n > EXACT_UP_TO) {
    const mean = (n * (n + 1)) / 4;
    const sd = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24);
    return Math.max(0, Math.floor(mean - upperNormal(alpha) * sd + 0.5));
  }
  if (n < 1) return 0;
  return orderAt(signedRankCdf(n), alpha);
}

/** The count of leading values of an ascending distribution function that are at or under alpha. */
export function orderAt(cdf: Float64Array, alpha: number): number {
  let k = 0;
  while (k < cdf.length && (cdf[k] ?? 1) <= alpha) k++;
  return k;
}
