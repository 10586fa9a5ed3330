import type { Outcome } from "../duet/verdict.ts";
import { rankOf, sorted } from "../statistics/quantile.ts";
import { type ArmState, slowestOf } from "./block.ts";
import type { Noise } from "./noise.ts";
import type { Random } from "./random.ts";
import { Machine, RATE_PER_SECOND } from "./run.ts";
import type { World } from "./world.ts";

const BLOCK_MS = 3_000;
const RUN_BLOCKS = 10;
const PAUSE_BLOCKS = 3;

/**
 * The contrast, and what most comparisons of load runs do: 30 s of A, a pause with the warm-up, 30 s of B, then fail
 * if B's p95 is more than 10 % above A's or its share of errors more than 0.25 points. It has no third answer.
 */
export function sequential(world: World, noise: Noise, random: Random): Outcome {
  const machine = new Machine(noise, random);
  // The harm that falls on both sides is there only while both run, so this comparison never meets it.
  const a = oneRun(machine, "a", { factor: 1, fromQuantile: 0 }, noise.errorShare, noise, random);
  for (let i = 0; i < PAUSE_BLOCKS; i++) machine.nextBlock();
  const b = oneRun(machine, "b", world.slower, noise.errorShare + world.moreErrors, noise, random);
  return b.p95Ms > 1.1 * a.p95Ms || b.errorShare - a.errorShare > 0.0025 ? "fail" : "pass";
}

function oneRun(
  machine: Machine,
  arm: "a" | "b",
  effect: Pick<ArmState, "factor" | "fromQuantile">,
  errorShare: number,
  noise: Noise,
  random: Random,
): { p95Ms: number; errorShare: number } {
  const n = (RATE_PER_SECOND * BLOCK_MS) / 1000;
  // The slowest twentieth of all lies in the slowest quarters of the blocks, however unequal these are.
  const slowest = sorted(
    Array.from({ length: RUN_BLOCKS }, () => {
      const state = { ...machine.nextBlock()[arm], ...effect };
      return slowestOf(n, 0.75 * n, noise, state, random).slowestMs;
    }).flat(),
  );
  const all = n * RUN_BLOCKS;
  return {
    p95Ms: slowest[slowest.length - 1 - (all - rankOf(all, 0.95))] ?? Number.NaN,
    errorShare: random.binomial(all, errorShare) / all,
  };
}
