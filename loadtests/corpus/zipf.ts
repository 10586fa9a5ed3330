/**
 * Draws ranks 0…count−1 with P(rank) ∝ 1 / (rank + 1)^exponent, the shape that popularity of products, words and
 * pages has. `random` gives numbers in [0, 1).
 */
export function zipf(count: number, exponent: number, random: () => number): () => number {
  const cumulative = runningSums(Array.from({ length: count }, (_, rank) => 1 / (rank + 1) ** exponent));
  const sum = cumulative[count - 1] ?? 0;
  return () => firstAbove(cumulative, random() * sum);
}

/** What `firstAbove` draws from: for each weight, the sum of it and all before it. */
export function runningSums(weights: readonly number[]): readonly number[] {
  let sum = 0;
  return weights.map((weight) => {
    sum += weight;
    return sum;
  });
}

/** The first index whose cumulative weight is above `target`; the last one when none is. */
export function firstAbove(cumulative: readonly number[], target: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cumulative[middle] ?? 0) > target) high = middle;
    else low = middle + 1;
  }
  return low;
}
