import { peerOf, SIDES } from "@banyan/contracts/http/headers.ts";
import type { Actors, Memory, Step } from "./actors.fixture.ts";
import { outcomeOf } from "./outcome.fixture.ts";
import { SLOT, type World } from "./world.fixture.ts";

const CAME_TOO_LATE = ["BYN-DATA-022", "BYN-DATA-023", "BYN-DATA-024"];

/** What a controller may do next: each act is one transaction at one database, and it may pause between any two. */
export function controllerSteps(world: World, actors: Actors, who: 0 | 1): Step[] {
  const memory = actors.memory[who];
  const act = world.act(actors.tokens[who]);
  const name = world.capability.name;
  const sleeps = actors.sleeper === who;
  const soon = sleeps ? 1 : 5;
  const set = (next: Memory) => {
    actors.memory[who] = next;
  };
  const idle = { doing: "nothing" } as const;
  /** Does an act; one that came too late makes the controller look anew. */
  const doing = async <T>(work: Promise<T>, then: (done: T) => Memory): Promise<void> => {
    const outcome = await outcomeOf(work);
    if (typeof outcome === "string" && CAME_TOO_LATE.includes(outcome)) set(idle);
    else set(then(outcome as T));
  };
  const crash: Step = {
    name: `controller ${who} forgets`,
    weight: sleeps ? 0 : 1,
    take: async () => set(idle),
  };
  switch (memory.doing) {
    case "nothing":
      return SIDES.flatMap((side): Step[] => [
        {
          name: `controller ${who} looks at a handover from ${side}`,
          weight: world.now[side].owner ? 3 : 0,
          take: () =>
            doing(world.code.planHandover(world.between(side), 3), (plan) => ({
              doing: "hand over",
              from: side,
              plan,
            })),
        },
        {
          name: `controller ${who} looks at an abort from ${side}`,
          weight: SIDES.some((either) => world.now[either].owner) ? 0 : 4,
          take: () =>
            doing(world.code.planAbort(world.between(side)), (plan) =>
              plan === undefined ? idle : { doing: "abort", from: side, plan },
            ),
        },
        {
          name: `controller ${who} begins a fill of ${side}`,
          weight: world.now[side].owner ? 0 : world.now[side].state === "following" ? 1 : 4,
          take: () =>
            doing(world.code.beginFill(world.pool(side), name, SLOT, act), (began) =>
              began ? { doing: "snapshot", copy: side } : idle,
            ),
        },
      ]);
    case "hand over":
      return [
        crash,
        {
          name: `controller ${who} hands over from ${memory.from}`,
          weight: soon,
          take: () => doing(world.code.giveAway(world.between(memory.from), memory.plan, act), () => idle),
        },
      ];
    case "abort": {
      const { from, plan } = memory;
      const { nextEpoch } = plan;
      const step: Step =
        plan.stage === "fence"
          ? {
              name: `controller ${who} fences ${peerOf(from)}`,
              weight: soon,
              take: () =>
                doing(
                  world.code.fenceReceiver(world.pool(peerOf(from)), name, SLOT, nextEpoch, act),
                  (epoch) => ({ doing: "abort", from, plan: { stage: "restore", nextEpoch, epoch } }),
                ),
            }
          : {
              name: `controller ${who} restores ${from}`,
              weight: soon,
              take: () => doing(world.code.restoreOwner(world.pool(from), name, SLOT, plan, act), () => idle),
            };
      return [crash, step];
    }
    case "snapshot":
      return [
        crash,
        {
          name: `controller ${who} takes a snapshot for ${memory.copy}`,
          weight: soon,
          take: () =>
            doing(
              world.code.takeSnapshot(world.pool(peerOf(memory.copy)), world.capability, SLOT),
              (snapshot) => (snapshot === undefined ? idle : { doing: "put", copy: memory.copy, snapshot }),
            ),
        },
      ];
    case "put":
      return [
        crash,
        {
          name: `controller ${who} puts a snapshot at ${memory.copy}`,
          weight: soon,
          take: () =>
            doing(
              world.code.putSnapshot(world.pool(memory.copy), world.capability, memory.snapshot, act),
              () => idle,
            ),
        },
      ];
  }
}
