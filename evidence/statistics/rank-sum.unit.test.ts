import fc from "fast-check";
import { expect, test } from "vitest";
import { rankSumCdf, shiftInterval } from "./rank-sum.ts";

// Permeability of the human chorioamnion to tritiated water at term and at 12–26 weeks: Hollander & Wolfe (1973),
// Table 4.1, Examples 4.1, 4.3 and 4.4. Also R's example of wilcox.test: W = 35, p = 0.1272.
const AT_TERM = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const EARLY = [1.15, 0.88, 0.9, 0.74, 1.21];

test("Hollander & Wolfe's permeability data give their test, estimate and 96 % interval", () => {
  // U = 35 of 50 for the sample at term; by symmetry P(U ≥ 35) = P(U ≤ 15).
  expect(rankSumCdf(5, 10)[15]).toBeCloseTo(0.1272061, 6);
  const interval = shiftInterval(AT_TERM, EARLY, 0.02);
  expect(interval.estimate).toBeCloseTo(-0.305, 9);
  expect(interval.lower).toBeCloseTo(-0.76, 9);
  expect(interval.upper).toBeCloseTo(0.15, 9);
});

test("the distribution is that of all ways to place the first sample, one by one", () => {
  const [m, n] = [4, 6];
  const counts = new Array<number>(m * n + 1).fill(0);
  for (let places = 0; places < 2 ** (m + n); places++) {
    const ranks = Array.from({ length: m + n }, (_, i) => i + 1).filter((rank) => places & (1 << (rank - 1)));
    if (ranks.length !== m) continue;
    const u = ranks.reduce((a, b) => a + b, 0) - (m * (m + 1)) / 2;
    counts[u] = (counts[u] ?? 0) + 1;
  }
  const total = counts.reduce((a, b) => a + b, 0);
  expect(total).toBe(210);
  let below = 0;
  counts.forEach((count, u) => {
    below += count;
    expect(rankSumCdf(m, n)[u]).toBeCloseTo(below / total, 12);
  });
});

test("large samples use the normal approximation, which is close to the exact order", () => {
  const spread = (count: number, from: number) => Array.from({ length: count }, (_, i) => from + i);
  // 10 × 100 is exact, 11 × 100 is not; both intervals hold the true shift of 5 and are about as wide.
  const exact = shiftInterval(spread(10, 0), spread(100, 5), 0.05);
  const approximate = shiftInterval(spread(11, 0), spread(100, 5), 0.05);
  for (const bound of ["lower", "upper"] as const)
    expect(Math.abs((exact[bound] ?? 0) - (approximate[bound] ?? 0))).toBeLessThan(3);
});

test("without values on a side there is no shift", () => {
  expect(shiftInterval([], [1, 2, 3], 0.05)).toEqual({ estimate: null, lower: null, upper: null });
});

test("swapping the samples turns the shift around", () => {
  const values = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 4, maxLength: 12 });
  fc.assert(
    fc.property(values, values, (x, y) => {
      const one = shiftInterval(x, y, 0.05);
      const other = shiftInterval(y, x, 0.05);
      expect(other.estimate).toBeCloseTo(-(one.estimate ?? Number.NaN), 9);
      expect(other.lower).toBeCloseTo(-(one.upper ?? Number.NaN), 9);
    }),
  );
});
