import fc from "fast-check";
import { expect, test } from "vitest";
import { centreInterval, walshAverages } from "./hodges-lehmann.ts";
import { signedRankCdf, signedRankOrder } from "./signed-rank.ts";

// Hamilton depression scale factor IV of nine patients before and after a tranquilliser: Hollander & Wolfe (1973),
// Table 3.1, Examples 3.1 (test), 3.3 (estimate) and 3.4 (interval). Also R's example of wilcox.test(paired = TRUE).
const BEFORE = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
const AFTER = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
const CHANGE = AFTER.map((after, i) => after - (BEFORE[i] ?? Number.NaN));

test("Hollander & Wolfe's depression data give their test, estimate and interval", () => {
  // T⁺ of before − after is 40, so P(T⁺ ≥ 40) = P(T⁺ ≤ 5).
  expect(signedRankCdf(9)[5]).toBeCloseTo(0.01953125, 12);
  const interval = centreInterval(walshAverages(CHANGE), 9, 0.02, 1);
  expect(interval.estimate).toBeCloseTo(-0.46, 9);
  expect(interval.lower).toBeCloseTo(-0.786, 9);
  expect(interval.upper).toBeCloseTo(-0.01, 9);
});

test("the critical values are those of Wilcoxon's printed table", () => {
  // Two-sided 0.05, 0.02 and 0.01; the order is the critical value of T plus one. The table says 434 for n = 50 at
  // 0.05 and 373 at 0.01.
  const critical = (n: number, twoSided: number) => signedRankOrder(n, twoSided / 2) - 1;
  expect([0.05, 0.02, 0.01].map((level) => critical(10, level))).toEqual([8, 5, 3]);
  expect([0.05, 0.02, 0.01].map((level) => critical(15, level))).toEqual([25, 19, 15]);
  expect([0.05, 0.02, 0.01].map((level) => critical(20, level))).toEqual([52, 43, 37]);
  expect([0.05, 0.01].map((level) => critical(50, level))).toEqual([434, 373]);
});

test("the distribution is that of all sign patterns, one by one", () => {
  for (let n = 1; n <= 10; n++) {
    const counts = new Array<number>((n * (n + 1)) / 2 + 1).fill(0);
    for (let signs = 0; signs < 2 ** n; signs++) {
      let sum = 0;
      for (let rank = 1; rank <= n; rank++) if (signs & (1 << (rank - 1))) sum += rank;
      counts[sum] = (counts[sum] ?? 0) + 1;
    }
    let below = 0;
    counts.forEach((count, t) => {
      below += count;
      expect(signedRankCdf(n)[t]).toBeCloseTo(below / 2 ** n, 12);
    });
  }
});

test("above 50 values the normal approximation is never narrower than the exact interval, and hardly wider", () => {
  for (const n of [51, 66, 100]) {
    // Long enough for its doubles: a share has no use for the last digits of a count.
    const exact = signedRankCdf(n);
    for (const alpha of [0.025, 0.05 / 9, 0.01 / 9]) {
      const order = exact.findIndex((p) => p > alpha);
      const middle = exact.length / 2;
      expect(signedRankOrder(n, alpha)).toBeLessThanOrEqual(order);
      expect((middle - signedRankOrder(n, alpha)) / (middle - order)).toBeLessThan(1.03);
    }
  }
});

test("too few values give an estimate and no bound, and none at all give nothing", () => {
  expect(centreInterval(walshAverages([0.1, 0.2, 0.3]), 3, 0.01, 1)).toEqual({
    estimate: expect.closeTo(0.2, 12),
    lower: null,
    upper: null,
  });
  expect(centreInterval(walshAverages([]), 0, 0.05, 1)).toEqual({ estimate: null, lower: null, upper: null });
});

const VALUES = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 8, maxLength: 30 });

test("shifting all values shifts estimate and bounds, and turning their signs swaps the bounds", () => {
  fc.assert(
    fc.property(VALUES, fc.double({ min: -5, max: 5, noNaN: true }), (values, shift) => {
      const of = (xs: number[]) => centreInterval(walshAverages(xs), xs.length, 0.05, 1.5);
      const plain = of(values);
      const shifted = of(values.map((x) => x + shift));
      const turned = of(values.map((x) => -x));
      for (const key of ["estimate", "lower", "upper"] as const)
        expect(shifted[key]).toBeCloseTo((plain[key] ?? Number.NaN) + shift, 9);
      expect(turned.lower).toBeCloseTo(-(plain.upper ?? Number.NaN), 9);
      expect(turned.estimate).toBeCloseTo(-(plain.estimate ?? Number.NaN), 9);
    }),
  );
});

test("widening moves each bound away from the estimate by its factor", () => {
  fc.assert(
    fc.property(VALUES, (values) => {
      const plain = centreInterval(walshAverages(values), values.length, 0.05, 1);
      const wide = centreInterval(walshAverages(values), values.length, 0.05, 2);
      const estimate = plain.estimate ?? Number.NaN;
      expect(wide.estimate).toBe(estimate);
      expect(wide.upper).toBeCloseTo(estimate + 2 * ((plain.upper ?? Number.NaN) - estimate), 9);
      expect(wide.lower).toBeCloseTo(estimate - 2 * (estimate - (plain.lower ?? Number.NaN)), 9);
    }),
  );
});
