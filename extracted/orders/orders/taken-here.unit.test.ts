import { expect, test } from "vitest";
import { takenHere } from "./taken-here.ts";

test("an order was taken at this side when its number is even, at the monolith when it is odd", () => {
  expect([1_000_000, 1_000_002].map((number) => takenHere({ number }))).toEqual([true, true]);
  expect([1, 1_000_001].map((number) => takenHere({ number }))).toEqual([false, false]);
});
