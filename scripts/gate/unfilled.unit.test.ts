import { expect, test } from "vitest";
import { unfilledUnderTraffic } from "./unfilled.ts";

const lag = { states: { empty: 60, filling: 1, following: 38, quarantined: 1 } };

test("slots without data count only while the flag sends customers to them", () => {
  expect(unfilledUnderTraffic(10, lag)).toBe(61);
  expect(unfilledUnderTraffic(0, lag)).toBe(0);
  expect(unfilledUnderTraffic(undefined, lag)).toBe(0);
  expect(unfilledUnderTraffic(10, undefined)).toBe(0);
  expect(unfilledUnderTraffic(10, { states: { ...lag.states, empty: 0, filling: 0 } })).toBe(0);
});
