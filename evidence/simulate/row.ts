import { LONG, QUICK } from "../duet/protocol.ts";
import type { Outcome } from "../duet/verdict.ts";
import { DRIFTING, HOSTILE, NOMINAL, PESSIMISTIC } from "./noise.ts";
import { Random } from "./random.ts";
import { sequential } from "./sequential.ts";
import { inOneTry, type Simulated, simulateTry, simulateWhole } from "./verdicts.ts";
import { WORLDS } from "./world.ts";

const NOISES = { nominal: NOMINAL, drifting: DRIFTING, pessimistic: PESSIMISTIC, hostile: HOSTILE };

/**
 * How a world is judged: `a-then-b` is the contrast; `quick` and `long` have the whole α in one try; `quick-try` is
 * one try with a third of α, as it is used; `quick-whole` is up to three of those.
 */
export type Method = "a-then-b" | "quick" | "long" | "quick-try" | "quick-whole";

/** One row of the calibration: so many worlds of one kind, judged in one way. */
export interface Row {
  readonly method: Method;
  readonly world: keyof typeof WORLDS;
  readonly noise: keyof typeof NOISES;
  readonly n: number;
}

export type Tally = Readonly<Record<Outcome, number>> & {
  readonly n: number;
  /** Passes that needed only the first look (of the last try). */
  readonly atFirstLook: number;
};

/** The name of a row, which is also its seed: no row depends on another, or on who computes it. */
export function nameOf({ method, world, noise }: Row): string {
  return `${method} ${world} ${noise}`;
}

export function simulateRow(row: Row): Tally {
  const tally = { n: row.n, pass: 0, fail: 0, inconclusive: 0, atFirstLook: 0 };
  for (let i = 0; i < row.n; i++) {
    const { outcome, look } = simulateOne(row, new Random(`${nameOf(row)} ${i}`));
    tally[outcome]++;
    if (outcome === "pass" && look === 1) tally.atFirstLook++;
  }
  return tally;
}

function simulateOne(row: Row, random: Random): Simulated {
  const world = WORLDS[row.world];
  const noise = NOISES[row.noise];
  switch (row.method) {
    case "a-then-b":
      return { outcome: sequential(world, noise, random), look: 1 };
    case "quick":
      return simulateTry(inOneTry(QUICK), world, noise, random);
    case "long":
      return simulateTry(inOneTry(LONG), world, noise, random);
    case "quick-try":
      return simulateTry(QUICK, world, noise, random);
    case "quick-whole":
      return simulateWhole(QUICK, world, noise, random);
  }
}
