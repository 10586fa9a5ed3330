import { blockAt, phaseOf } from "@banyan/evidence/duet/blocks.ts";
import { planOf, QUICK } from "@banyan/evidence/duet/protocol.ts";
import { expect, test } from "vitest";
import { dueMs, entryOf, firstDueAt, isSoloAt, scheduleOf, turnOf } from "./schedule.ts";

const plan = planOf(QUICK, 200);
const schedule = scheduleOf(plan, 42);

/** The first iteration of the first two blocks of the duet, which have 1,200 between them. */
const DUET_FROM = 2_200;

test("both arms warm up, then one block in three is arm a's alone", () => {
  const turns = (from: number, count: number) =>
    Array.from({ length: count }, (_, k) => turnOf(from + k, schedule));
  expect(new Set(turns(0, 1_600).map(({ phase }) => phase))).toEqual(new Set(["warmup"]));
  expect(new Set(turns(0, 1_600).map(({ arm }) => arm))).toEqual(new Set(["a", "b"]));
  expect(new Set(turns(1_600, 600).map(({ arm, phase }) => arm + phase))).toEqual(new Set(["asolo"]));
  expect(new Set(turns(DUET_FROM, 1_200).map(({ phase }) => phase))).toEqual(new Set(["duet"]));
  expect(turnOf(DUET_FROM + 1_200, schedule)).toEqual({ arm: "a", phase: "solo" });
});

test.each([3, 7, 160, 200])("at %i a second the blocks are those that the evidence is cut into", (rate) => {
  const layout = planOf(QUICK, rate);
  const ofRate = scheduleOf(layout, 42);
  for (let i = 0; i < 40 * rate; i += 2) {
    const phase = phaseOf(blockAt(dueMs(i, rate), layout), layout);
    expect([turnOf(i, ofRate).phase, turnOf(i + 1, ofRate).phase]).toEqual([phase, phase]);
    expect(isSoloAt(dueMs(i, rate), ofRate)).toBe(phase === "solo");
  }
});

test.each([1, 42, 4_000_000_000])(
  "with seed %i each pair has both arms, in an order that nobody can guess",
  (seed) => {
    const seeded = scheduleOf(plan, seed);
    const orders: string[] = [];
    for (let i = 0; orders.length < 2_000; i += 2) {
      if (turnOf(i, seeded).phase === "solo") continue;
      orders.push(turnOf(i, seeded).arm + turnOf(i + 1, seeded).arm);
    }
    const aFirst = orders.filter((order) => order === "ab").length;
    expect(orders.every((order) => order === "ab" || order === "ba")).toBe(true);
    // 2,000 fair tosses: within four standard deviations, and followed by the same as often as by the other.
    expect(Math.abs(aFirst - 1_000)).toBeLessThan(90);
    const changes = orders.filter((order, k) => k > 0 && order !== orders[k - 1]).length;
    expect(Math.abs(changes - 1_000)).toBeLessThan(90);
  },
);

test("in every block of the duet the arms have the same number of requests", () => {
  const perBlock = (plan.blockMs * 200) / 1_000;
  for (let cycle = 0; cycle < 15; cycle++) {
    const from = DUET_FROM + cycle * 3 * perBlock;
    const arms = Array.from({ length: perBlock }, (_, k) => turnOf(from + k, schedule).arm);
    expect(arms.filter((arm) => arm === "a")).toHaveLength(perBlock / 2);
  }
});

/** 4,000 pairs. */
const PAIRS = Array.from({ length: 10_000 }, (_, pair) => 2 * pair)
  .filter((i) => turnOf(i, schedule).phase !== "solo")
  .slice(0, 4_000);

test("both of a pair ask for the same, and entries come by their weight", () => {
  const cumulative = [1, 4];
  const counts = [0, 0];
  for (const i of PAIRS) {
    const entry = entryOf(i, schedule, cumulative);
    expect(entryOf(i + 1, schedule, cumulative)).toBe(entry);
    counts[entry] = (counts[entry] ?? 0) + 1;
  }
  expect((counts[0] ?? 0) / 4_000).toBeCloseTo(0.25, 1);
});

test("alone, arm a is asked for something else each time", () => {
  const cumulative = Array.from({ length: 1_000 }, (_, i) => i + 1);
  const same = Array.from({ length: 300 }, (_, k) => 1_600 + 2 * k).filter(
    (i) => entryOf(i, schedule, cumulative) === entryOf(i + 1, schedule, cumulative),
  );
  expect(same.length).toBeLessThan(5);
});

test("which arm comes first says nothing about what is asked for", () => {
  const cumulative = [1, 2];
  let both = 0;
  for (const i of PAIRS) {
    if (turnOf(i, schedule).arm === "a" && entryOf(i, schedule, cumulative) === 0) both += 1;
  }
  expect(Math.abs(both - 1_000)).toBeLessThan(110);
});

test("an iteration that is due at a boundary belongs to what begins there", () => {
  expect(firstDueAt(1_000, 3)).toBe(3);
  expect(firstDueAt(1_001, 3)).toBe(4);
});
