import { expect, test } from "vitest";
import { capacityOf, isPastKnee, type RampStep } from "./knee.ts";

const step = (targetPerSecond: number, change: Partial<RampStep> = {}): RampStep => ({
  targetPerSecond,
  durationMs: 3_000,
  due: 3 * targetPerSecond,
  answered: 3 * targetPerSecond,
  p50Ms: 5,
  p95Ms: 20,
  p99Ms: 30,
  wrong: 0,
  dropped: 0,
  latenessP99Ms: 2,
  generatorCores: 0.2,
  shopCores: targetPerSecond / 300,
  machineRatio: 0.4,
  ...change,
});
const even = [20, 60, 100, 140, 180].map((rate) => step(rate));

test("a ramp that the shop kept up with has no knee, and says only how far it went", () => {
  expect(capacityOf(even)).toEqual({
    keptUpPerSecond: 180,
    kneePerSecond: null,
    because: "answers kept up to the end of the ramp",
    limit: null,
  });
  expect(isPastKnee(even)).toBe(false);
});

test("the knee is where p95 doubles, and a full thread of the shop is the limit", () => {
  const steps = [...even, step(220, { p95Ms: 40, shopCores: 0.95 }), step(260, { p95Ms: 90 })];
  expect(capacityOf(steps)).toMatchObject({ keptUpPerSecond: 180, kneePerSecond: 220, limit: "shop" });
  expect(isPastKnee(steps)).toBe(true);
  expect(isPastKnee(steps.slice(0, -1))).toBe(false);
});

test("one slow step between two good ones is a neighbour on the machine", () => {
  const steps = even.with(2, step(100, { p95Ms: 80 }));
  expect(capacityOf(steps).kneePerSecond).toBeNull();
});

test.each([
  ["answers that fall behind", { answered: 500, due: 660 }, /76 % of what was due/],
  ["journeys that nobody was free for", { dropped: 3 }, /3 journeys/],
])("%s are a knee too", (_what, change, because) => {
  const found = capacityOf([...even, step(220, change)]);
  expect(found.kneePerSecond).toBe(220);
  expect(found.because).toMatch(because);
});

test("at a low rate some requests of a journey that began late are not missing", () => {
  const late = [step(20, { due: 60, answered: 30 }), step(60, { due: 180, answered: 145 })];
  expect(capacityOf([...late, ...even.slice(2)]).kneePerSecond).toBeNull();
});

test.each([
  [{ shopCores: 0.5, latenessP99Ms: 80 }, "generator"],
  [{ shopCores: 0.5, machineRatio: 0.82, latenessP99Ms: 80 }, "machine"],
  [{ shopCores: 0.99, machineRatio: 0.99, latenessP99Ms: 80 }, "shop"],
  [{ shopCores: null, machineRatio: null, latenessP99Ms: null }, "unknown"],
] as const)("with %j the limit was the %s", (change, limit) => {
  expect(capacityOf([...even, step(220, { p95Ms: 60, ...change })]).limit).toBe(limit);
});

test("a machine that was busy at the ramp's foot says little about the shop", () => {
  const busy = even.map((each) => ({ ...each, machineRatio: 0.9 }));
  const found = capacityOf([...busy, step(220, { p95Ms: 60, shopCores: 0.3, machineRatio: 1 })]);
  expect(found.limit).toBe("neighbours");
});

test("a first step that is too much leaves no capacity, and no steps none at all", () => {
  const steps = [step(20, { dropped: 9 }), step(40, { dropped: 90 })];
  expect(capacityOf(steps)).toMatchObject({ keptUpPerSecond: null, kneePerSecond: 20 });
  expect(capacityOf([])).toMatchObject({ keptUpPerSecond: null, kneePerSecond: null, limit: null });
});
