import { expect, test } from "vitest";
import { costsOf, totalOf } from "./cost.ts";

const START = Date.parse("2026-11-22T10:00:00.000Z");
const running = ["postgres", "proxy", "ended"].map((name) => ({
  name,
  startedAt: new Date(START).toISOString(),
}));

test("the window counts what was spent in it, the age counts all", () => {
  const before = {
    atMs: START + 90_000,
    cpu: new Map([
      ["postgres", 10],
      ["proxy", 3],
      ["ended", 1],
    ]),
  };
  const after = {
    atMs: START + 100_000,
    cpu: new Map([
      ["postgres", 15],
      ["proxy", 3],
    ]),
  };
  const costs = costsOf(
    running,
    before,
    after,
    new Map([
      ["postgres", 2_000],
      ["proxy", 500],
    ]),
  );
  expect(costs).toEqual([
    { name: "postgres", memoryBytes: 2_000, cpuS: 15, sinceStartRatio: 0.15, windowRatio: 0.5 },
    { name: "proxy", memoryBytes: 500, cpuS: 3, sinceStartRatio: 0.03, windowRatio: 0 },
  ]);
  expect(totalOf(costs)).toMatchObject({ memoryBytes: 2_500, cpuS: 18, windowRatio: 0.5 });
});

test("time never runs backwards, and a window of nothing has no share", () => {
  const at = { atMs: START, cpu: new Map([["proxy", 3]]) };
  const less = { atMs: START, cpu: new Map([["proxy", 2]]) };
  expect(costsOf(running, at, less, new Map())).toMatchObject([{ windowRatio: 0, sinceStartRatio: 0 }]);
});
