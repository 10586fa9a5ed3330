import type { Row } from "./row.ts";

/**
 * What the design's own simulation found before this project was written (n = 1000; pass, fail, inconclusive in %).
 * The page sets it beside what this code finds. A missing share was not stated.
 */
export const PUBLISHED: readonly (Pick<Row, "method" | "world" | "noise"> & {
  readonly pass?: number;
  readonly fail?: number;
  readonly inconclusive?: number;
  readonly atFirstLook?: number;
})[] = [
  { method: "a-then-b", world: "same", noise: "nominal", pass: 61, fail: 39, inconclusive: 0 },
  { method: "a-then-b", world: "tenSlower", noise: "nominal", pass: 50, fail: 50, inconclusive: 0 },
  { method: "a-then-b", world: "quarterSlower", noise: "nominal", pass: 34, fail: 66, inconclusive: 0 },
  { method: "a-then-b", world: "slowTail", noise: "nominal", pass: 36, fail: 64, inconclusive: 0 },
  { method: "a-then-b", world: "errors", noise: "nominal", pass: 2, fail: 98, inconclusive: 0 },
  { method: "quick", world: "same", noise: "nominal", pass: 94, fail: 0.6, inconclusive: 5 },
  { method: "quick", world: "tenSlower", noise: "nominal", pass: 0, fail: 99, inconclusive: 1 },
  { method: "quick", world: "quarterSlower", noise: "nominal", pass: 0, fail: 100, inconclusive: 0 },
  { method: "quick", world: "slowTail", noise: "nominal", pass: 0, fail: 100, inconclusive: 0 },
  { method: "quick", world: "errors", noise: "nominal", pass: 0, fail: 100, inconclusive: 0 },
  { method: "long", world: "same", noise: "nominal", pass: 99.8, fail: 0.2, inconclusive: 0 },
  { method: "long", world: "tenSlower", noise: "nominal", pass: 0.2, fail: 99.8, inconclusive: 0 },
  { method: "long", world: "quarterSlower", noise: "nominal", pass: 0, fail: 100, inconclusive: 0 },
  { method: "long", world: "slowTail", noise: "nominal", pass: 0, fail: 100, inconclusive: 0 },
  { method: "long", world: "errors", noise: "nominal", pass: 0, fail: 100, inconclusive: 0 },
  { method: "quick", world: "same", noise: "pessimistic", pass: 84, fail: 2 },
  { method: "quick", world: "quarterSlower", noise: "pessimistic", pass: 0 },
  { method: "quick", world: "same", noise: "hostile", pass: 47, fail: 3.7 },
  { method: "quick", world: "quarterSlower", noise: "hostile", pass: 0 },
  { method: "quick-try", world: "same", noise: "nominal", pass: 86 },
  { method: "quick-try", world: "better", noise: "nominal", pass: 98, atFirstLook: 73 },
];
