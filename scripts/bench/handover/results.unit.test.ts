import { expect, test } from "vitest";
import { pauseAimWords, writeAimWords } from "./aims.ts";
import { ARMS, LOADS } from "./loads.ts";
import { AT_ONCE, type MoveReading, moveRowsOf, type WriteReading, writeRowsOf } from "./results.ts";
import { MOVE_HEAD, moveCellsOf, WRITE_HEAD, writeCellsOf } from "./table.ts";

/** A round that is `slow` times slower for everybody; the guard costs a quarter more, a key half more. */
function writes(round: number, slow: number, guarded = 1.25): WriteReading[] {
  const costs = { plain: 1, guarded, keyed: 1.5 };
  return LOADS.flatMap((load) =>
    ARMS.map((arm) => {
      const cost = costs[arm] * slow;
      return { round, load, arm, values: { p50Ms: cost, writesPerSecond: 1_000 / cost, cpuUs: 400 * cost } };
    }),
  );
}

test("what slows a whole round cancels out of the guard's ratios", () => {
  const rows = writeRowsOf([1, 1.1, 0.9, 1.3, 1.02, 2].flatMap((slow, i) => writes(i + 1, slow)));
  const cells = writeCellsOf(rows);
  expect(cells).toHaveLength(LOADS.length * 3);
  for (const row of cells) expect(row).toHaveLength(WRITE_HEAD.length);
  expect(cells.slice(0, 3)).toEqual([
    [
      "1 writer",
      "p50 of a write",
      "1.06 ms",
      "1.32 ms",
      "1.59 ms",
      "1.25 (1.25 – 1.25)",
      "1.50 (1.50 – 1.50)",
    ],
    ["", "writes/s", "945", "756", "630", "0.80 (0.80 – 0.80)", "0.67 (0.67 – 0.67)"],
    ["", "CPU for a write", "424 µs", "530 µs", "636 µs", "1.25 (1.25 – 1.25)", "1.50 (1.50 – 1.50)"],
  ]);
});

test("pauses are pooled over the rounds, and each figure shows its lowest and highest round", () => {
  const reading = (round: number, atOnce: 1 | 8, pausesMs: number[], p50Ms: number): MoveReading => ({
    round,
    atOnce,
    pausesMs,
    values: { slotsPerSecond: 10 * round, p50Ms, p99Ms: Math.max(...pausesMs), writesPerSecond: 500 },
  });
  const rows = moveRowsOf([
    reading(1, 1, [10, 20, 30], 20),
    reading(2, 1, [40, 50, 60, 70, 80], 60),
    ...AT_ONCE.slice(1).map((atOnce) => reading(1, atOnce, [5], 5)),
  ]);
  const cells = moveCellsOf(rows);
  for (const row of cells) expect(row).toHaveLength(MOVE_HEAD.length);
  expect(cells).toEqual([
    ["slots handed over in a second", "15.0 (10.0 – 20.0)", "10.0 (10.0 – 10.0)"],
    ["pause of a slot, p50", "40 ms (20 – 60)", "5 ms (5 – 5)"],
    ["pause of a slot, p99", "80 ms (30 – 80)", "5 ms (5 – 5)"],
    ["writes/s meanwhile, of all slots", "500 (500 – 500)", "500 (500 – 500)"],
  ]);
});

test("the guard's aim is said to be met or missed, load by load", () => {
  const rounds = (guarded: number) => writeRowsOf([1, 2, 3].flatMap((round) => writes(round, 1, guarded)));
  expect(writeAimWords(rounds(1.29))).toMatch(/at most × 1\.3\. Met at every load\.$/);
  expect(writeAimWords(rounds(1.4))).toMatch(/\*\*Missed\*\* at 4 of 4 loads \(1 writer: × 1\.40; /);
});

test("the handover's aim goes by the pause of eight slots at once", () => {
  const rows = (pauseMs: number) =>
    moveRowsOf(
      AT_ONCE.map((atOnce) => ({
        round: 1,
        atOnce,
        pausesMs: [atOnce === 8 ? pauseMs : 500],
        values: { slotsPerSecond: 1, p50Ms: 1, p99Ms: 1, writesPerSecond: 1 },
      })),
    );
  expect(pauseAimWords(rows(88))).toMatch(/ Met with 88 ms\.$/);
  expect(pauseAimWords(rows(100))).toMatch(/ \*\*Missed\*\* with 100 ms\.$/);
});
