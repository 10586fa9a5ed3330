/**
 * The nearest-rank quantile (type 1 of Hyndman & Fan 1996): the smallest value that at least a share `p` of the
 * values does not exceed. It is always a latency that somebody had, and it is exact for order statistics.
 *
 * @param sorted ascending, not empty
 * @param p in (0, 1]
 */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  return sorted[rankOf(sorted.length, p) - 1] ?? Number.NaN;
}

/** The rank (from 1) of the p-quantile among n values. The small subtraction undoes 0.95 · 300 = 285.00000000000006. */
export function rankOf(n: number, p: number): number {
  return Math.min(n, Math.max(1, Math.ceil(n * p - 1e-9)));
}

/** Ascending copy as doubles: typed arrays sort by value, several times faster than by a comparison function. */
export function sorted(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/** The usual median, the mean of the middle two for an even count; NaN for none. */
export function median(values: Iterable<number>): number {
  return medianOfSorted(sorted(values));
}

export function medianOfSorted(ascending: ArrayLike<number>): number {
  const n = ascending.length;
  const low = ascending[(n - 1) >> 1] ?? Number.NaN;
  const high = ascending[n >> 1] ?? Number.NaN;
  return (low + high) / 2;
}
