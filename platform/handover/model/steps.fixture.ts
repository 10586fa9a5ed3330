import assert from "node:assert/strict";
import type { Side } from "@banyan/contracts/http/headers.ts";
import type { AbortPlan } from "../act/abort.ts";
import type { HandoverPlan } from "../act/hand-over.ts";
import type { SlotSnapshot } from "../fill/snapshot.ts";
import type { Pull } from "../inbox/pull.ts";
import { peerOf, SIDES } from "./bench.fixture.ts";
import { outcomeOf } from "./outcome.fixture.ts";
import { SLOT, type World } from "./world.fixture.ts";

/**
 * What a controller remembers between its transactions (`mem` of the model). It may pause here for as long as it likes,
 * or forget it all, which is a crash.
 */
type Memory =
  | { readonly doing: "nothing" }
  | { readonly doing: "hand over"; readonly from: Side; readonly plan: HandoverPlan }
  | { readonly doing: "abort"; readonly from: Side; readonly plan: AbortPlan }
  | { readonly doing: "snapshot"; readonly copy: Side }
  | { readonly doing: "put"; readonly copy: Side; readonly snapshot: SlotSnapshot };

type Pulling = { readonly pull: Pull; readonly gone?: string };

/** Who is in the middle of something. */
export interface Actors {
  readonly memory: [Memory, Memory];
  /** By controller: two that hold different tokens, or two that (wrongly) hold the same. */
  readonly tokens: readonly [number, number];
  readonly pulling: Partial<Record<Side, Pulling>>;
  /** By reader: how much of the peer's wire it has read. */
  readonly offset: Record<Side, number>;
  writes: number;
}

export function newActors(tokens: readonly [number, number]): Actors {
  const idle = { doing: "nothing" } as const;
  return { memory: [idle, idle], tokens, pulling: {}, offset: { monolith: 0, extracted: 0 }, writes: 0 };
}

/** One step that may be taken now: an action of docs/handover/handover.tla, done by the code on real transactions. */
export interface Step {
  readonly name: string;
  /** How often it stands in the lottery. */
  readonly weight: number;
  take(which: number): Promise<void>;
}

const CAME_TOO_LATE = ["BYN-DATA-022", "BYN-DATA-023", "BYN-DATA-024"];

/** Every step that may be taken in the state that was last looked at. */
export function stepsNow(world: World, actors: Actors): readonly Step[] {
  return [
    ...SIDES.flatMap((side) => [...sideSteps(world, actors, side), ...logSteps(world, actors, side)]),
    ...([0, 1] as const).flatMap((who) => controllerSteps(world, actors, who)),
  ];
}

function sideSteps(world: World, actors: Actors, side: Side): Step[] {
  const own = world.now[side];
  const theirs = [...world.history.rows[peerOf(side)].values()];
  const pulling = actors.pulling[side];
  const next = theirs.find((row) => row.seq === own.seq + 1);
  const copy = !own.owner && own.state === "following";
  const pool = world.pool(side);
  const name = world.capability.name;
  const steps: Step[] = [
    {
      name: `write at ${side}`,
      weight: own.owner ? 5 : 1,
      take: async (which) => {
        // A key that came before as often as a new one; and now and then none.
        const again = which % 3 === 0 && actors.writes > 0;
        const write = again ? `w${which % actors.writes}` : `w${actors.writes++}`;
        const keyed = again || which % 5 !== 1;
        const known = own.keys.some((key) => key.key === write);
        const unkeyed = again && own.writes.includes(write) && !known;
        if (unkeyed) return; // a client repeats a write without a key at its own risk
        const outcome = await outcomeOf(world.write(side, write, { keyed }));
        const kind = typeof outcome === "string" ? outcome : outcome.kind;
        assert.equal(kind, own.owner ? (known ? "replayed" : "written") : "BYN-DATA-020");
      },
    },
    {
      name: `rolled-back write at ${side}`,
      weight: own.owner ? 1 : 0,
      take: async () => {
        const held = () => Promise.reject(new Error("no"));
        await world.write(side, "never", { held, keyed: false }).catch(() => {});
      },
    },
  ];
  if (theirs.length > 0) {
    steps.push(
      // The next row, any row ever written, or several: whatever a log may do (`soup`).
      {
        name: `deliver the next to ${side}`,
        weight: next === undefined ? 0 : 4,
        take: async () => {
          if (next !== undefined) await world.receive(side, next);
        },
      },
      {
        name: `deliver any to ${side}`,
        weight: 2,
        take: async (which) => {
          const row = theirs[which % theirs.length];
          if (row !== undefined) await world.receive(side, row);
        },
      },
      {
        name: `deliver many to ${side}`,
        weight: 1,
        take: async (which) => {
          await world.receive(side, ...theirs.slice(which % theirs.length));
        },
      },
      {
        name: `deliver and pull at ${side}`,
        weight: 1,
        take: async (which) => {
          const row = theirs[which % theirs.length];
          if (row !== undefined) await world.code.deliver(world.inbox(side), SLOT, [row]);
        },
      },
      { name: `drain to ${side}`, weight: 1, take: async () => void (await world.drain(side)) },
    );
  }
  if (pulling === undefined) {
    steps.push({
      name: `begin a pull at ${side}`,
      weight: copy ? 1 : 0,
      take: async () => {
        const pull = await world.code.beginPull(pool, name, SLOT);
        if (pull !== undefined) actors.pulling[side] = { pull };
      },
    });
  } else if (pulling.gone === undefined) {
    steps.push({
      name: `read a pull at ${side}`,
      weight: 2,
      take: async () => {
        const peer = world.code.peerOutbox(world.pool(peerOf(side)));
        const read = await world.code.readPull(peer, name, pulling.pull, 2);
        if ("gone" in read) actors.pulling[side] = { ...pulling, gone: read.gone };
        else {
          delete actors.pulling[side];
          await world.receive(side, ...read.rows);
        }
      },
    });
  } else {
    const { pull, gone } = pulling;
    steps.push({
      name: `rows are gone at ${side}`,
      weight: 2,
      take: async () => {
        delete actors.pulling[side];
        await world.code.quarantineGone(pool, name, pull, gone);
      },
    });
  }
  const peer = world.now[peerOf(side)];
  if (copy && (peer.owner || peer.seq > own.seq)) {
    steps.push({
      name: `the copy at ${side} goes wrong`,
      weight: 1,
      take: async (which) => {
        if (which % 3 !== 0) return;
        const seen = { slot: SLOT, seq: own.seq, epoch: own.epoch };
        const trouble = { code: "BYN-DATA-005", detail: "planted", seq: own.seq } as const;
        await world.damage(side);
        assert(await world.code.quarantine(pool, name, seen, trouble));
      },
    });
  }
  steps.push({
    name: `reconcile ${side}`,
    weight: copy ? 1 : 0,
    take: async () => {
      const found = await world.reconcile(side);
      assert.notEqual(found.kind, "different", "reconcile found a difference that nobody made");
    },
  });
  return steps;
}

/** The log apart (`log` of the model): relay, dying before the note, resending, consuming, an offset reset, removing. */
function logSteps(world: World, actors: Actors, side: Side): Step[] {
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

function controllerSteps(world: World, actors: Actors, who: 0 | 1): Step[] {
  const memory = actors.memory[who];
  const act = world.act(actors.tokens[who]);
  const name = world.capability.name;
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
  const crash: Step = { name: `controller ${who} forgets`, weight: 1, take: async () => set(idle) };
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
          weight: 5,
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
              weight: 5,
              take: () =>
                doing(
                  world.code.fenceReceiver(world.pool(peerOf(from)), name, SLOT, nextEpoch, act),
                  (epoch) => ({ doing: "abort", from, plan: { stage: "restore", nextEpoch, epoch } }),
                ),
            }
          : {
              name: `controller ${who} restores ${from}`,
              weight: 5,
              take: () => doing(world.code.restoreOwner(world.pool(from), name, SLOT, plan, act), () => idle),
            };
      return [crash, step];
    }
    case "snapshot":
      return [
        crash,
        {
          name: `controller ${who} takes a snapshot for ${memory.copy}`,
          weight: 5,
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
          weight: 5,
          take: () =>
            doing(
              world.code.putSnapshot(world.pool(memory.copy), world.capability, memory.snapshot, act),
              () => idle,
            ),
        },
      ];
  }
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
