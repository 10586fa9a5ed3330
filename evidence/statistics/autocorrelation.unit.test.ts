import fc from "fast-check";
import { expect, test } from "vitest";
import { clippedLag1, lag1, widening } from "./autocorrelation.ts";

// Luteinising hormone in 48 blood samples (Diggle 1990, Table A.1; R's data set `lh`): acf(lh) prints 0.576 at lag 1.
const LH = [
  2.4, 2.4, 2.4, 2.2, 2.1, 1.5, 2.3, 2.3, 2.5, 2.0, 1.9, 1.7, 2.2, 1.8, 3.2, 3.2, 2.7, 2.2, 2.2, 1.9, 1.9,
  1.8, 2.7, 3.0, 2.3, 2.0, 2.0, 2.9, 2.9, 2.7, 2.7, 2.3, 2.6, 2.4, 1.8, 1.7, 1.5, 1.4, 2.1, 3.3, 3.5, 3.5,
  3.1, 2.6, 2.1, 3.4, 3.0, 2.9,
];

test("the lag-1 autocorrelation of R's lh series is the 0.576 that acf prints", () => {
  expect(lag1(LH)).toBeCloseTo(0.576, 3);
});

test("a series that alternates is clipped to 0, so that no interval is ever narrowed", () => {
  expect(lag1([1, -1, 1, -1, 1, -1])).toBeLessThan(-0.8);
  expect(clippedLag1([1, -1, 1, -1, 1, -1])).toBe(0);
});

test("a long ramp is clipped under 1", () => {
  const ramp = Array.from({ length: 2000 }, (_, i) => i);
  expect(lag1(ramp)).toBeGreaterThan(0.998);
  expect(clippedLag1(ramp)).toBe(0.99);
});

test("equal values have no autocorrelation, even when their mean is not exact in binary", () => {
  expect(lag1(Array.from({ length: 15 }, () => 0.1))).toBe(0);
});

test("the widening is the published factor, grows with the correlation and is always finite", () => {
  expect(widening(0)).toBe(1);
  expect(widening(0.6)).toBe(2);
  expect(widening(0.8)).toBeCloseTo(3, 12);
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 3 }), (values) => {
      const factor = widening(clippedLag1(values));
      expect(factor).toBeGreaterThanOrEqual(1);
      expect(factor).toBeLessThan(15);
    }),
  );
});
