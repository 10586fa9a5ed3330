import fc from "fast-check";
import { newActors } from "./actors.fixture.ts";
import type { Bench } from "./bench.fixture.ts";
import type { HandoverCode } from "./code.fixture.ts";
import { atRest } from "./invariants.fixture.ts";
import type { State } from "./state.fixture.ts";
import { repair, stepsNow } from "./steps.fixture.ts";
import { World } from "./world.fixture.ts";

export interface Explored {
  readonly interleavings: number;
  readonly steps: number;
  /** How often each step was taken; in brackets, what was seen to happen. */
  readonly taken: ReadonlyMap<string, number>;
}

const CLEAR_EVERY = 100;
/** More than any state needs: a drain, an abort, a fill, a drain. */
const REPAIRS = 8;

/**
 * Draws steps from those that may be taken, one after another: nothing is wasted on what can't happen, and a failing run
 * shrinks to fewer steps. After the last, the repair must come to rest.
 */
export async function explore(options: {
  readonly code: HandoverCode;
  readonly bench: Bench;
  readonly runs: number;
  readonly seed: number;
}): Promise<Explored> {
  const { code, bench, runs, seed } = options;
  const taken = new Map<string, number>();
  const count = (name: string) => taken.set(name, (taken.get(name) ?? 0) + 1);
  let interleavings = 0;
  let steps = 0;
  const draw = fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000));
  const property = fc.asyncProperty(
    fc.array(draw, { minLength: 20, maxLength: 60, size: "max" }),
    fc.constantFrom([1, 2] as const, [1, 1] as const),
    fc.constantFrom(0, 1, undefined),
    fc.boolean(),
    async (draws, tokens, sleeper, filled) => {
      interleavings += 1;
      if (interleavings % CLEAR_EVERY === 0) await bench.clear();
      const world = await World.open(code, bench);
      world.history.stepwise = true;
      const actors = newActors(tokens, sleeper);
      const path: string[] = [];
      if (filled) await world.fill("extracted");
      await world.look();
      try {
        for (const [choice, which] of draws) {
          const step = drawn(stepsNow(world, actors), choice);
          path.push(step.name);
          count(step.name);
          steps += 1;
          const before = world.now;
          await step.take(which);
          for (const happened of whatHappened(before, await world.look())) count(`(${happened})`);
        }
        for (let left = REPAIRS; !atRest(world.now); left--) {
          if (left === 0) throw new Error("Recovers: the repair does not come to rest");
          path.push("repair");
          await repair(world, 2);
          await world.look();
        }
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.message : error}\n  after: ${path.join("\n  ")}`, {
          cause: error,
        });
      }
    },
  );
  await fc.assert(property, { seed, numRuns: runs });
  return { interleavings, steps, taken };
}

function drawn<S extends { readonly weight: number }>(steps: readonly S[], choice: number): S {
  const lots = steps.flatMap((step) => Array.from({ length: step.weight }, () => step));
  const step = lots[choice % lots.length];
  if (step === undefined) throw new Error("no step may be taken");
  return step;
}

/** What a step brought about, seen from outside. */
function whatHappened(before: State, now: State): string[] {
  return (["monolith", "extracted"] as const).flatMap((side) => {
    const [was, is] = [before[side], now[side]];
    const seen: string[] = [];
    if (!was.owner && is.owner) seen.push(is.seq > was.seq ? "owner changed" : "aborted");
    if (was.state === "filling" && is.state === "following") seen.push("re-filled");
    if (was.state !== "quarantined" && is.state === "quarantined") seen.push("quarantined");
    if (is.outbox.length < was.outbox.length) seen.push("removed");
    return seen;
  });
}
