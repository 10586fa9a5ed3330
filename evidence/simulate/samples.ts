import { blockAt, phaseOf } from "../duet/blocks.ts";
import type { Arm, Observation, Sample } from "../duet/observation.ts";
import { type Protocol, planOf } from "../duet/protocol.ts";
import { latencyOf } from "./block.ts";
import type { Noise } from "./noise.ts";
import type { Random } from "./random.ts";
import { Machine, RATE_PER_SECOND } from "./run.ts";
import type { World } from "./world.ts";

/**
 * The same worlds request by request, as a runner would hand them over: slower than `SimulatedRun`, and what holds it
 * honest. Both must give the same verdicts.
 */
export function sampledObservation(
  protocol: Protocol,
  world: World,
  noise: Noise,
  random: Random,
): Observation {
  const plan = planOf(protocol, RATE_PER_SECOND);
  const machine = new Machine(noise, random);
  const stepMs = 1000 / plan.ratePerSecond;
  const sound = { factor: 1, fromQuantile: 0 };
  // The noise changes where blocks begin, as in `SimulatedRun`.
  let nextBlockMs = (plan.warmUpMs % plan.blockMs) - plan.blockMs;
  let states = machine.nextBlock();
  let pairStartsWith: Arm = "a";
  const samples: Sample[] = [];
  for (let i = 0; i * stepMs < plan.endMs; i++) {
    const startMs = i * stepMs;
    while (startMs >= nextBlockMs) {
      states = machine.nextBlock();
      nextBlockMs += plan.blockMs;
    }
    const phase = phaseOf(blockAt(startMs, plan), plan);
    const solo = phase === "solo";
    if (i % 2 === 0) pairStartsWith = random.uniform() < 0.5 ? "a" : "b";
    const arm = solo || (i % 2 === 0) === (pairStartsWith === "a") ? "a" : "b";
    const u = random.uniform();
    const latencyMs = latencyOf(noise, { ...states[arm], ...(arm === "b" ? world.slower : sound) });
    samples.push({
      arm,
      phase,
      startMs,
      latencyMs: latencyMs(Math.log(u / (1 - u))) * (solo ? 1 : world.bothSlower),
      latenessMs: 1,
      route: "GET /",
      ok: random.uniform() >= noise.errorShare + (arm === "b" ? world.moreErrors : 0),
      side: "",
    });
  }
  return { plan, samples, droppedIterations: 0, expectedSide: {} };
}
