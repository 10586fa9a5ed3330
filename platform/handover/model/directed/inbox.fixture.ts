import assert from "node:assert/strict";
import type { World } from "../world.fixture.ts";
import { handOver } from "./journeys.fixture.ts";

/** §5.5: what the inbox does with an event. */
export const INBOX = {
  "events are applied once and in order; one beyond a gap is left where it is": async (world: World) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await world.write("monolith", "w2");
    await world.look();
    const [first, second] = [world.row("monolith", 1), world.row("monolith", 2)];
    assert.equal((await world.receive("extracted", second)).end, "gap");
    await world.look();
    await world.receive("extracted", first);
    assert.equal((await world.receive("extracted", first)).duplicates, 1);
    await world.look();
    await world.receive("extracted", second);
    assert.deepEqual((await world.look()).extracted.writes, ["w1", "w2"]);
  },

  "a marker that comes before the writes that stand before it gives nobody the slot": async (
    world: World,
  ) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await world.code.handOver(world.between("monolith"), world.act(), 10);
    await world.look();
    assert.equal((await world.receive("extracted", world.row("monolith", 2))).end, "gap");
    assert.equal((await world.look()).extracted.owner, false);
  },

  "a copy that does not follow takes nothing: neither events, nor a marker after a fence": async (
    world: World,
  ) => {
    await world.write("monolith", "w1");
    await world.look();
    assert.equal((await world.receive("extracted", world.row("monolith", 1))).end, "refused");
    assert.equal((await world.look()).extracted.seq, 0);
    await world.fill("extracted");
    await world.code.handOver(world.between("monolith"), world.act(), 10);
    await world.code.abortHandover(world.between("monolith"), world.act());
    await world.look();
    await world.receive("extracted", world.row("monolith", 2));
    await world.look();
  },

  "applying writes no outbox row: nothing echoes": async (world: World) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await world.look();
    world.history.stepwise = true;
    await world.receive("extracted", world.row("monolith", 1));
    assert.deepEqual((await world.look()).extracted.outbox, []);
  },

  "a key goes with its event: the new owner replays the first answer": async (world: World) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await handOver(world, "monolith");
    await world.look();
    assert.equal((await world.write("extracted", "w1")).kind, "replayed");
    await world.look();
  },

  "a redelivery of the old epoch after a handover is a duplicate": async (world: World) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await handOver(world, "monolith");
    await world.write("extracted", "w2");
    await world.look();
    const again = await world.receive("extracted", world.row("monolith", 1), world.row("monolith", 2));
    assert.deepEqual([again.duplicates, again.foreign, again.applied], [2, 0, 0]);
    await world.look();
  },

  "a row of a past epoch after its last is kept as a foreign tail, and the slot goes on": async (
    world: World,
  ) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await handOver(world, "monolith");
    await world.look();
    const late = { ...world.row("monolith", 1), seq: 3, eventId: crypto.randomUUID() };
    const received = await world.receive("extracted", late, late);
    assert.deepEqual([received.foreign, received.applied, received.row.trouble], [1, 0, undefined]);
    assert.equal((await world.write("extracted", "w2")).kind, "written");
  },

  "an event of an epoch that nobody has opened stops the slot until a person has looked": async (
    world: World,
  ) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await world.look();
    const row = world.row("monolith", 1);
    const received = await world.receive("extracted", { ...row, epoch: 5 });
    assert.equal(received.row.trouble?.code, "BYN-DATA-026");
    assert.equal((await world.receive("extracted", row)).end, "refused");
    assert.equal(
      await world.code.dismissAlarm(world.pool("extracted"), world.capability.name, received.row.slot),
      true,
    );
    assert.equal((await world.receive("extracted", row)).applied, 1);
    await world.look();
  },

  "an owner is never behind: an event beyond its seq stops the slot, and is not applied": async (
    world: World,
  ) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await world.look();
    const next = { ...world.row("monolith", 1), seq: 2, key: null };
    const received = await world.receive("monolith", next);
    assert.deepEqual([received.row.trouble?.code, received.applied], ["BYN-DATA-026", 0]);
  },

  "a bad event stops its slot with nothing of it applied, and a good one afterwards goes on": async (
    world: World,
  ) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await world.look();
    const row = world.row("monolith", 1);
    for (const changes of [[{ write: "w0" }, { write: "poison" }], "no list"]) {
      const bad = await world.receive("extracted", { ...row, changes });
      assert.deepEqual([bad.end, bad.row.seq], ["stopped", 0]);
      assert.deepEqual((await world.look()).extracted.writes, []);
    }
    assert.equal((await world.receive("extracted", row)).row.trouble, undefined);
    await world.look();
  },
};
