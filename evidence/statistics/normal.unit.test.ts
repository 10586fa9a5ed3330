import fc from "fast-check";
import { expect, test } from "vitest";
import { normalCdf, upperNormal } from "./normal.ts";

test("the normal distribution has the values of the printed tables", () => {
  expect(normalCdf(0)).toBe(0.5);
  expect(normalCdf(1.96)).toBeCloseTo(0.9750021048517795, 12);
  expect(normalCdf(-3.3)).toBeCloseTo(0.00048342414238377744, 14);
});

test("the upper quantiles are those of R's qnorm(lower.tail = FALSE)", () => {
  expect(upperNormal(0.05)).toBeCloseTo(1.6448536269514729, 10);
  expect(upperNormal(0.025)).toBeCloseTo(1.9599639845400545, 10);
  expect(upperNormal(0.05 / 6)).toBeCloseTo(2.3939797998185095, 10);
  expect(upperNormal(0.01 / 9)).toBeCloseTo(3.0588043564590732, 10);
});

test("quantile and distribution undo each other in both tails", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (tail) => {
      expect(normalCdf(-upperNormal(tail))).toBeCloseTo(tail, 11);
    }),
  );
});
