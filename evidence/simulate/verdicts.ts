import { judgeDigest, lookNeeded } from "../duet/judge.ts";
import type { Protocol } from "../duet/protocol.ts";
import type { Outcome } from "../duet/verdict.ts";
import type { Noise } from "./noise.ts";
import type { Random } from "./random.ts";
import { SimulatedRun } from "./run.ts";
import type { World } from "./world.ts";

export interface Simulated {
  readonly outcome: Outcome;
  /** The look that decided, or the last one. */
  readonly look: number;
}

/** One try: look, and look again while that is due, as the runner does. */
export function simulateTry(protocol: Protocol, world: World, noise: Noise, random: Random): Simulated {
  const run = new SimulatedRun(protocol, world, noise, random);
  for (let look = 1; ; ) {
    const verdict = judgeDigest(run.digest(look), protocol, look);
    const next = lookNeeded(verdict, protocol);
    if (next === undefined) return { outcome: verdict.verdict, look };
    look = next;
  }
}

/** A whole verdict: an inconclusive try is taken again, up to the tries that the protocol's α is shared by. */
export function simulateWhole(protocol: Protocol, world: World, noise: Noise, random: Random): Simulated {
  for (let taken = 1; ; taken++) {
    const last = simulateTry(protocol, world, noise, random);
    if (last.outcome !== "inconclusive" || taken >= protocol.alpha.tries) return last;
  }
}

/** The protocol with its whole α in one try, which is how evidence.md states its table. */
export function inOneTry(protocol: Protocol): Protocol {
  return { ...protocol, alpha: { ...protocol.alpha, tries: 1 } };
}
