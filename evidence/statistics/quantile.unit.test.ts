import fc from "fast-check";
import { expect, test } from "vitest";
import { median, quantileOfSorted, rankOf, sorted } from "./quantile.ts";

test("the nearest-rank quantiles of the textbook list 15, 20, 35, 40, 50 come out as published", () => {
  const list = [15, 20, 35, 40, 50];
  expect([0.05, 0.3, 0.4, 0.5, 1].map((p) => quantileOfSorted(list, p))).toEqual([15, 20, 20, 35, 50]);
});

test("a rank that is whole in decimals is not pushed up by binary rounding", () => {
  expect(rankOf(300, 0.95)).toBe(285);
  expect(rankOf(1200, 0.99)).toBe(1188);
  expect(rankOf(100, 0.07)).toBe(7);
});

test("a quantile is one of the values, and at least its share of them do not exceed it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, min: 0, max: 1e6 }), { minLength: 1, maxLength: 60 }),
      fc.constantFrom(0.5, 0.95, 0.99),
      (values, p) => {
        const q = quantileOfSorted(sorted(values), p);
        const under = values.filter((v) => v < q).length;
        expect(values).toContain(q);
        expect(values.filter((v) => v <= q).length).toBeGreaterThanOrEqual(values.length * p - 1e-6);
        expect(under).toBeLessThan(values.length * p);
      },
    ),
  );
});

test("the median of an even count is the mean of the middle two, and of none is no number", () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([])).toBeNaN();
});
