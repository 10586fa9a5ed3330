import { peerOf, SIDES } from "@banyan/contracts/http/headers.ts";
import type { Actors, Step } from "./actors.fixture.ts";
import { controllerSteps } from "./controller-steps.fixture.ts";
import { logSteps } from "./log-steps.fixture.ts";
import { sideSteps } from "./side-steps.fixture.ts";
import type { World } from "./world.fixture.ts";

/** Every step that may be taken in the state that was last looked at. */
export function stepsNow(world: World, actors: Actors): readonly Step[] {
  return [
    ...SIDES.flatMap((side) => [...sideSteps(world, actors, side), ...logSteps(world, actors, side)]),
    ...([0, 1] as const).flatMap((who) => controllerSteps(world, actors, who)),
  ];
}

/**
 * When faults stop, the controller's repair comes to rest from every state (`Recovers` of the model): drain what is
 * behind, abort what can't be drained, fill what does not follow.
 */
export async function repair(world: World, token: number): Promise<void> {
  const owner = SIDES.find((side) => world.now[side].owner);
  if (owner !== undefined) {
    const copy = peerOf(owner);
    if (world.now[copy].state !== "following") await world.fill(copy, token);
    else await world.drain(copy);
    return;
  }
  const from = world.now.monolith.seq > world.now.extracted.seq ? "monolith" : "extracted";
  const to = peerOf(from);
  if (world.now[to].state === "following") await world.drain(to);
  else await world.code.abortHandover(world.between(from), world.act(token));
}
