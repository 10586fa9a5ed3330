import assert from "node:assert/strict";
import { peerOf, type Side } from "@banyan/contracts/http/headers.ts";
import type { Actors, Step } from "./actors.fixture.ts";
import { outcomeOf } from "./outcome.fixture.ts";
import { SLOT, type World } from "./world.fixture.ts";

/** What clients, the inbox, its pulls and reconcile do at one side. */
export function sideSteps(world: World, actors: Actors, side: Side): Step[] {
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
