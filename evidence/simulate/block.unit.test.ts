import { expect, test } from "vitest";
import { blockQuantiles, latencyOf, slowestOf } from "./block.ts";
import { NOMINAL } from "./noise.ts";
import { Random } from "./random.ts";

const PLAIN = { level: 0, stretch: 0, factor: 1, fromQuantile: 0 };
const DRAWS = 3000;

/** The quantile that a latency of the undisturbed state stands at. */
function uniformOf(latencyMs: number): number {
  return 1 / (1 + Math.exp(-Math.log(latencyMs / NOMINAL.medianMs) / NOMINAL.shape));
}

test("the order statistics of 300 latencies have the means k/301 that theory gives them", () => {
  const random = new Random("order statistics");
  const sums = { 150: 0, 285: 0, 286: 0, 300: 0 };
  for (let i = 0; i < DRAWS; i++) {
    const { p50Ms, p95Ms, slowestMs } = blockQuantiles(300, NOMINAL, PLAIN, random);
    expect(slowestMs).toHaveLength(16);
    sums[150] += uniformOf(p50Ms);
    sums[285] += uniformOf(p95Ms);
    sums[286] += uniformOf(slowestMs[14] ?? Number.NaN);
    sums[300] += uniformOf(slowestMs[0] ?? Number.NaN);
  }
  for (const [rank, sum] of Object.entries(sums)) {
    const expected = Number(rank) / 301;
    const standardError = Math.sqrt((expected * (1 - expected)) / 302 / DRAWS);
    expect(Math.abs(sum / DRAWS - expected)).toBeLessThan(3 * standardError);
  }
});

test("the slowest latencies fall from one to the next, down to the median", () => {
  const { slowestMs, lowestUniform } = slowestOf(100, 50, NOMINAL, PLAIN, new Random("slowest"));
  expect(slowestMs).toHaveLength(51);
  expect(slowestMs).toEqual(slowestMs.toSorted((x, y) => y - x));
  expect(uniformOf(slowestMs.at(-1) ?? Number.NaN)).toBeCloseTo(lowestUniform, 9);
});

test("level moves every latency, stretch only the tail, and a slow tail begins at its quantile", () => {
  const logOdds = (u: number) => Math.log(u / (1 - u));
  const at = (state: Partial<typeof PLAIN>, u: number) =>
    latencyOf(NOMINAL, { ...PLAIN, ...state })(logOdds(u)) / latencyOf(NOMINAL, PLAIN)(logOdds(u));
  expect(at({ level: Math.log(2) }, 0.5)).toBeCloseTo(2, 9);
  expect(at({ stretch: 0.5 }, 0.5)).toBeCloseTo(1, 9);
  expect(at({ stretch: 0.5 }, 0.95)).toBeGreaterThan(1.5);
  expect(at({ factor: 1.25, fromQuantile: 0.9 }, 0.89)).toBeCloseTo(1, 9);
  expect(at({ factor: 1.25, fromQuantile: 0.9 }, 0.91)).toBeCloseTo(1.25, 9);
});
