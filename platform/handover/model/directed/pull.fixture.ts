import assert from "node:assert/strict";
import { Pool } from "pg";
import { SLOT, type World } from "../world.fixture.ts";
import { spoil } from "./journeys.fixture.ts";

/** §5.4, §5.5 and §5.7: gaps are pulled, rows stay as long as they are needed, standstill is drained. */
export const PULL = {
  "a gap is pulled from the peer's outbox, whatever the log has lost": async (world: World) => {
    await world.fill("extracted");
    for (const write of ["w1", "w2", "w3", "w4", "w5"]) await world.write("monolith", write);
    await world.look();
    const last = world.row("monolith", 5);
    const done = await world.code.deliver(world.inbox("extracted"), SLOT, [last]);
    assert.deepEqual([done.applied, done.pulls, done.end], [5, 3, "taken"]);
    assert.equal((await world.look()).extracted.seq, 5);
  },

  "missing rows quarantine a copy, and a re-fill is its way out": async (world: World) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await world.write("monolith", "w2");
    await world.look();
    await world
      .pool("monolith")
      .query("DELETE FROM handover.outbox WHERE capability = $1 AND seq = 1", [world.capability.name]);
    assert.equal((await world.drain("extracted")).quarantined, true);
    assert.equal(await world.fill("extracted"), true);
    world.history.damaged += 1;
    await world.look();
  },

  "missing rows quarantine nothing that has moved since the pull began": async (world: World) => {
    await world.fill("extracted");
    const [own, name] = [world.pool("extracted"), world.capability.name];
    await world.write("monolith", "w1");
    const pull = await world.code.beginPull(own, name, SLOT);
    assert(pull !== undefined);
    await world.drain("extracted");
    assert.equal(await world.code.quarantineGone(own, name, pull, "late"), false);
    await world.look();
  },

  "missing rows don't disturb a re-fill that began meanwhile": async (world: World) => {
    await world.fill("extracted");
    const [own, name] = [world.pool("extracted"), world.capability.name];
    const pull = await world.code.beginPull(own, name, SLOT);
    assert(pull !== undefined);
    await spoil(world, "extracted");
    assert.equal(await world.code.beginFill(own, name, SLOT, world.act()), true);
    assert.equal(await world.code.quarantineGone(own, name, pull, "late"), false);
    assert.equal((await world.look()).extracted.state, "filling");
  },

  "a peer out of reach quarantines nothing": async (world: World) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await world.write("monolith", "w2");
    await world.look();
    const away = new Pool({ connectionString: "postgres://nobody@127.0.0.1:1/none" });
    const inbox = { ...world.inbox("extracted"), peer: world.code.peerOutbox(away) };
    await assert.rejects(world.code.deliver(inbox, SLOT, [world.row("monolith", 2)]), /ECONNREFUSED/);
    await away.end();
    assert.equal((await world.look()).extracted.state, "following");
  },

  "a row stays until the peer's seq has passed it": async (world: World) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await world.relay("monolith");
    assert.equal(await world.prune("monolith"), 0);
    await world.look();
    await world.drain("extracted");
    assert.equal(await world.prune("monolith"), 1);
    await world.look();
  },

  "a row stays until the relay has noted it as sent, for the log's other readers": async (world: World) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await world.look();
    await world.drain("extracted");
    await world.prune("monolith");
    await world.write("monolith", "w2");
    await world.look();
    await world.relay("monolith");
    await world.look();
    assert.deepEqual(world.history.wire.monolith, [1, 2]);
  },

  "a row stays for the declared time": async (world: World) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await world.relay("monolith");
    await world.drain("extracted");
    const peer = world.code.peerOutbox(world.pool("extracted"));
    const removed = await world.code.pruneOutbox(
      world.pool("monolith"),
      peer,
      world.capability.name,
      3_600_000,
    );
    assert.equal(removed, 0);
  },

  "a sending that failed, or that nobody noted, is sent again": async (world: World) => {
    await world.write("monolith", "w1");
    await world.look();
    await assert.rejects(world.relay("monolith", "fails"));
    await assert.rejects(world.relay("monolith", "dies before the note"));
    assert.equal((await world.look()).monolith.sent, 0);
    assert.equal(await world.relay("monolith"), 1);
    assert.deepEqual(world.history.wire.monolith, [1, 1]);
    assert.equal(await world.relay("monolith"), 0);
    await world.look();
  },

  "a relay whose lease is another's by now sends nothing": async (world: World) => {
    const [own, name] = [world.pool("monolith"), world.capability.name];
    await world.write("monolith", "w1");
    const first = await world.code.takeLease(own, name, "first", 0);
    assert(first !== undefined);
    assert.equal((await world.code.takeLease(own, name, "second", 60_000))?.token, 2);
    assert.equal(await world.code.takeLease(own, name, "third", 60_000), undefined);
    const nobody = { publish: () => Promise.reject(new Error("it sent")) };
    const log = { ...nobody, subscribe: nobody.publish, health: nobody.publish, close: nobody.publish };
    const sent = await world.code.relayOnce(own, log, name, first).catch((error: Error) => error.message);
    assert.equal(sent, 0);
  },
};
