import { planOf, QUICK } from "@banyan/evidence/duet/protocol.ts";
import { expect, test } from "vitest";
import { entryOf, firstDueAt, scheduleOf, turnOf } from "./schedule.ts";

const plan = planOf(QUICK, 200);
const schedule = scheduleOf(plan, 42);

test("solo, warm-ups and the duet begin where the plan says", () => {
  expect(schedule).toMatchObject({ soloFrom: 1_600, pairsFrom: 6_400, duetFrom: 8_000 });
  expect([0, 1_599].map((i) => turnOf(i, schedule))).toEqual(Array(2).fill({ arm: "a", phase: "warmup" }));
  expect([1_600, 6_399].map((i) => turnOf(i, schedule))).toEqual(Array(2).fill({ arm: "a", phase: "solo" }));
  expect(turnOf(6_400, schedule).phase).toBe("warmup");
  expect(turnOf(8_000, schedule).phase).toBe("duet");
});

test.each([1, 42, 4_000_000_000])(
  "with seed %i each pair has both arms, in an order that nobody can guess",
  (seed) => {
    const seeded = scheduleOf(plan, seed);
    const orders: string[] = [];
    for (let i = seeded.pairsFrom; i < seeded.pairsFrom + 4_000; i += 2) {
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

test("in every block the arms have the same number of requests", () => {
  const perBlock = (plan.blockMs * 200) / 1_000;
  for (let block = 0; block < 30; block++) {
    const from = schedule.duetFrom + block * perBlock;
    const arms = Array.from({ length: perBlock }, (_, k) => turnOf(from + k, schedule).arm);
    expect(arms.filter((arm) => arm === "a")).toHaveLength(perBlock / 2);
  }
});

test("both of a pair ask for the same, and entries come by their weight", () => {
  const cumulative = [1, 4];
  const counts = [0, 0];
  for (let i = schedule.pairsFrom; i < schedule.pairsFrom + 8_000; i += 2) {
    const entry = entryOf(i, schedule, cumulative);
    expect(entryOf(i + 1, schedule, cumulative)).toBe(entry);
    counts[entry] = (counts[entry] ?? 0) + 1;
  }
  expect((counts[0] ?? 0) / 4_000).toBeCloseTo(0.25, 1);
});

test("which arm comes first says nothing about what is asked for", () => {
  const cumulative = [1, 2];
  let both = 0;
  for (let i = schedule.pairsFrom; i < schedule.pairsFrom + 8_000; i += 2) {
    if (turnOf(i, schedule).arm === "a" && entryOf(i, schedule, cumulative) === 0) both += 1;
  }
  expect(Math.abs(both - 1_000)).toBeLessThan(110);
});

test("an iteration that is due at a boundary belongs to what begins there", () => {
  expect(firstDueAt(1_000, 3)).toBe(3);
  expect(firstDueAt(1_001, 3)).toBe(4);
});
