import fc from "fast-check";
import { expect, test } from "vitest";
import { type Count, shareDifference, wilson } from "./newcombe.ts";

// Newcombe, Statistics in Medicine 17 (1998) 857–872, Table I: Wilson's score interval without continuity correction.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])("Wilson's interval for %i of %i is Newcombe's published one", (bad, n, lower, upper) => {
  const interval = wilson({ n, bad }, 0.025);
  expect(interval.lower).toBeCloseTo(lower, 4);
  expect(interval.upper).toBeCloseTo(upper, 4);
});

// Newcombe, Statistics in Medicine 17 (1998) 873–890, Table II, examples (a)–(h), method 10, 95 %.
test.each([
  ["a", 56, 70, 48, 80, 0.0524, 0.3339],
  ["b", 9, 10, 3, 10, 0.1705, 0.809],
  ["c", 6, 7, 2, 7, 0.0582, 0.8062],
  ["d", 5, 56, 0, 29, -0.0381, 0.1926],
  ["e", 0, 10, 0, 20, -0.1611, 0.2775],
  ["f", 0, 10, 0, 10, -0.2775, 0.2775],
  ["g", 10, 10, 0, 20, 0.6791, 1],
  ["h", 10, 10, 0, 10, 0.6075, 1],
])(
  "example (%s) of Newcombe's table, %i/%i − %i/%i, comes out as published",
  (_, badB, nB, badA, nA, low, high) => {
    const interval = shareDifference({ n: nA, bad: badA }, { n: nB, bad: badB }, 0.025);
    expect(interval.lower).toBeCloseTo(low, 4);
    expect(interval.upper).toBeCloseTo(high, 4);
  },
);

test("at the level of one look, with the counts of a run, it agrees with statsmodels' `newcomb`", () => {
  const interval = shareDifference({ n: 4500, bad: 2 }, { n: 4500, bad: 9 }, 0.05 / 6);
  expect(interval.lower).toBeCloseTo(-0.00039188020098499064, 9);
  expect(interval.upper).toBeCloseTo(0.0039294393698913604, 9);
});

test("an arm without answers leaves everything possible", () => {
  expect(shareDifference({ n: 0, bad: 0 }, { n: 10, bad: 0 }, 0.05)).toEqual({
    difference: null,
    lower: -1,
    upper: 1,
  });
});

const COUNT: fc.Arbitrary<Count> = fc
  .tuple(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([n, share]) => ({ n, bad: Math.round(n * share) }));

test("the interval holds the difference, stays within ±1, turns with its arms and narrows with the level", () => {
  fc.assert(
    fc.property(COUNT, COUNT, (a, b) => {
      const tight = shareDifference(a, b, 0.05);
      const wide = shareDifference(a, b, 0.005);
      const turned = shareDifference(b, a, 0.05);
      const difference = tight.difference ?? Number.NaN;
      expect(tight.lower).toBeLessThanOrEqual(difference);
      expect(tight.upper).toBeGreaterThanOrEqual(difference);
      expect(wide.lower).toBeGreaterThanOrEqual(-1 - 1e-12);
      expect(wide.upper).toBeLessThanOrEqual(1 + 1e-12);
      expect(wide.lower).toBeLessThanOrEqual(tight.lower + 1e-12);
      expect(wide.upper).toBeGreaterThanOrEqual(tight.upper - 1e-12);
      expect(turned.lower).toBeCloseTo(-tight.upper, 12);
    }),
  );
});
