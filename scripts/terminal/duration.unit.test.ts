import { expect, test } from "vitest";
import { readDurationMs } from "./duration.ts";

test.each([
  ["10s", 10_000],
  ["10", 10_000],
  ["1.5h", 5_400_000],
  ["250ms", 250],
  ["2m", 120_000],
  ["1d", 86_400_000],
])("%s is a time", (text, ms) => {
  expect(readDurationMs(text)).toBe(ms);
});

test.each(["", "s", "-1s", "1w", "1 s", "1e3", "٣s"])("`%s` is none", (text) => {
  expect(readDurationMs(text)).toBeUndefined();
});
