import { expect, test } from "vitest";
import { LONG, QUICK } from "../duet/protocol.ts";
import { lag1 } from "../statistics/autocorrelation.ts";
import { median } from "../statistics/quantile.ts";
import { abortAfterS } from "./abort.ts";
import { NOMINAL, walk } from "./noise.ts";
import { Random } from "./random.ts";
import { SimulatedRun } from "./run.ts";
import { WORLDS } from "./world.ts";

const runOf = (world: keyof typeof WORLDS, seed: string, protocol = QUICK) =>
  new SimulatedRun(protocol, WORLDS[world], NOMINAL, new Random(seed));

test("the same seed gives the same run, another seed another", () => {
  expect(runOf("same", "one").digest(2)).toEqual(runOf("same", "one").digest(2));
  expect(runOf("same", "one").digest(1)).not.toEqual(runOf("same", "two").digest(1));
});

test("a second look keeps the blocks and errors of the first and adds to them", () => {
  const run = runOf("errors", "looks");
  const first = run.digest(1);
  const second = run.digest(2);
  expect(first.pairs.p95).toHaveLength(15);
  expect(second.pairs.p95).toHaveLength(30);
  expect(second.pairs.p95.slice(0, 15)).toEqual(first.pairs.p95);
  expect([first.b.n, second.b.n]).toEqual([4500, 9000]);
  expect(second.b.bad).toBeGreaterThan(first.b.bad);
  expect(second.eValue).toBeGreaterThan(100);
});

test("harm to both sides slows both arms in the duet and leaves the solo blocks alone", () => {
  const { pairs, solo: parts } = runOf("bothThrice", "both").digest(1);
  expect(parts).toHaveLength(8);
  const solo = median(parts.map(({ aloneMs }) => aloneMs));
  for (const of of ["aMs", "bMs"] as const) {
    expect(median(pairs.p50.map((p) => p[of])) / solo).toBeGreaterThan(2.2);
    expect(median(pairs.p50.map((p) => p[of])) / solo).toBeLessThan(4);
  }
});

test("the p99 of a long run is that of four merged blocks, and lies above their p95", () => {
  const { pairs } = runOf("same", "long", LONG).digest(1);
  expect(pairs.p99).toHaveLength(8);
  pairs.p99.forEach(({ aMs }, i) => {
    const p95 = pairs.p95.slice(4 * i, 4 * i + 4).map((p) => p.aMs);
    expect(aMs).toBeGreaterThan(Math.min(...p95));
  });
});

test("a series of noise has the spread and the correlation that it was given", () => {
  const next = walk({ sd: 0.5, rho: 0.6 }, new Random("walk"));
  const values = Array.from({ length: 20_000 }, next);
  const sd = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
  expect(sd).toBeCloseTo(0.5, 1);
  expect(lag1(values)).toBeCloseTo(0.6, 1);
});

test("an outage aborts in well under a second, two points of errors in some five, equal errors hardly ever", () => {
  const times = (a: number, b: number) =>
    Array.from({ length: 100 }, (_, i) => abortAfterS(a, b, 60, new Random(`${a} ${b} ${i}`)));
  expect(Math.max(...times(0, 1).map((t) => t ?? 99))).toBeLessThan(0.5);
  const twoPoints = median(times(0, 0.02).map((t) => t ?? 99));
  expect(twoPoints).toBeGreaterThan(2);
  expect(twoPoints).toBeLessThan(8);
  expect(times(0.05, 0.05).filter((t) => t !== undefined).length).toBeLessThanOrEqual(3);
});
