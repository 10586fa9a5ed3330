import type { Interval } from "./hodges-lehmann.ts";
import { upperNormal } from "./normal.ts";
import { medianOfSorted } from "./quantile.ts";
import { orderAt } from "./signed-rank.ts";

const known = new Map<string, Float64Array>();

/**
 * P(U ≤ u) for u = 0 … m·n, the exact null distribution of the Mann–Whitney statistic: dynamic programming over the
 * m + n places, each one's rank being in the first sample or not (Hollander & Wolfe §4.1).
 */
export function rankSumCdf(m: number, n: number): Float64Array {
  const key = `${m},${n}`;
  const before = known.get(key);
  if (before) return before;
  const most = m * n;
  // ways[j][u]: ways to pick j of the places so far such that their ranks, less 1 … j, sum to u.
  const ways = Array.from({ length: m + 1 }, () => new Float64Array(most + 1));
  const first = ways[0];
  if (first) first[0] = 1;
  for (let place = 1; place <= m + n; place++) {
    for (let j = Math.min(m, place); j >= 1; j--) {
      const picked = ways[j];
      const fewer = ways[j - 1];
      const step = place - j;
      if (!picked || !fewer) continue;
      for (let u = most; u >= step; u--) picked[u] = (picked[u] ?? 0) + (fewer[u - step] ?? 0);
    }
  }
  const counts = ways[m] ?? new Float64Array(0);
  const total = counts.reduce((a, b) => a + b, 0);
  let sum = 0;
  const cdf = counts.map((w) => {
    sum += w;
    return sum / total;
  });
  known.set(key, cdf);
  return cdf;
}

/**
 * How far the second sample lies above the first: the median of all differences y − x, with one-sided bounds at
 * `alpha` each by the rank-sum statistic (Hollander & Wolfe §4.2, §4.3). Exact while both samples are small.
 */
export function shiftInterval(x: readonly number[], y: readonly number[], alpha: number): Interval {
  const differences = Float64Array.from(y.flatMap((b) => x.map((a) => b - a))).sort();
  const k = rankSumOrder(x.length, y.length, alpha);
  return {
    estimate: differences.length ? medianOfSorted(differences) : null,
    lower: k > 0 ? (differences[k - 1] ?? null) : null,
    upper: k > 0 ? (differences[differences.length - k] ?? null) : null,
  };
}

/** Beyond these the counts are not exact in a double any more, and the normal approximation is good. */
const EXACT_SMALLER = 10;
const EXACT_LARGER = 120;

function rankSumOrder(m: number, n: number, alpha: number): number {
  if (m === 0 || n === 0) return 0;
  const [small, large] = m < n ? [m, n] : [n, m];
  if (small <= EXACT_SMALLER && large <= EXACT_LARGER) return orderAt(rankSumCdf(small, large), alpha);
  const sd = Math.sqrt((m * n * (m + n + 1)) / 12);
  return Math.max(0, Math.floor((m * n) / 2 - upperNormal(alpha) * sd + 0.5));
}
