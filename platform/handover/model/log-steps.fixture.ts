import { peerOf, type Side } from "@banyan/contracts/http/headers.ts";
import type { Actors, Step } from "./actors.fixture.ts";
import type { World } from "./world.fixture.ts";

/** The log apart (`log` of the model): relay, dying before the note, resending, consuming, an offset reset, removing. */
export function logSteps(world: World, actors: Actors, side: Side): Step[] {
  const { outbox, sent } = world.now[side];
  const unsent = outbox.some((row) => row.seq > sent) ? 1 : 0;
  const steps: Step[] = [
    { name: `relay at ${side}`, weight: 3 * unsent, take: async () => void (await world.relay(side)) },
    {
      name: `relay at ${side} dies before the note, or fails`,
      weight: unsent,
      take: async (which) => {
        const sending = which % 2 === 0 ? "fails" : "dies before the note";
        await world.relay(side, sending).catch(() => {});
      },
    },
    {
      name: `remove rows at ${side}`,
      weight: outbox.length > 0 ? 2 : 0,
      take: async () => void (await world.prune(side)),
    },
  ];
  const wire = world.history.wire[peerOf(side)];
  if (actors.offset[side] < wire.length) {
    steps.push({
      name: `consume at ${side}`,
      weight: 3,
      take: async (which) => {
        const seq = wire[actors.offset[side]];
        if (seq !== undefined) await world.receive(side, world.row(peerOf(side), seq));
        if (which % 4 !== 0) actors.offset[side] += 1; // else it died before its offset was kept
      },
    });
  }
  if (actors.offset[side] > 0) {
    steps.push({
      name: `offset reset at ${side}`,
      weight: 1,
      take: async (which) => {
        actors.offset[side] = which % actors.offset[side];
      },
    });
  }
  return steps;
}
