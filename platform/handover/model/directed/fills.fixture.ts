import assert from "node:assert/strict";
import { SLOT, type World } from "../world.fixture.ts";
import { giveAway, handOver, spoil } from "./journeys.fixture.ts";

async function snapshot(world: World) {
  const taken = await world.code.takeSnapshot(world.pool("monolith"), world.capability, SLOT);
  assert(taken !== undefined);
  return taken;
}

function begin(world: World) {
  return world.code.beginFill(world.pool("extracted"), world.capability.name, SLOT, world.act());
}

function put(world: World, taken: Awaited<ReturnType<typeof snapshot>>) {
  return world.code.putSnapshot(world.pool("extracted"), world.capability, taken, world.act());
}

/** §5.11 and §5.12: back-fill and reconcile. */
export const FILLS = {
  "keys go with a back-fill": async (world: World) => {
    await world.write("monolith", "w1");
    await world.fill("extracted");
    await world.look();
    await handOver(world, "monolith");
    assert.equal((await world.write("extracted", "w1")).kind, "replayed");
    await world.look();
  },

  "past epochs go with a back-fill: what they wrote stays known": async (world: World) => {
    await world.fill("extracted");
    await handOver(world, "monolith");
    await world.write("extracted", "w1");
    await handOver(world, "extracted");
    await handOver(world, "monolith");
    await world.look();
    await spoil(world, "monolith");
    await world.fill("monolith");
    await world.look();
    await world.receive("monolith", world.row("extracted", 2));
    await world.look();
  },

  "the giver notes its epoch's last, so that a copy filled from it later knows it": async (world: World) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await handOver(world, "monolith");
    await handOver(world, "extracted");
    await world.look();
    await spoil(world, "extracted");
    await world.fill("extracted");
    await world.look();
    await world.receive("extracted", world.row("monolith", 1));
    await world.look();
  },

  "a slot that follows is never filled: in hand, the side that gave it has all that there is": async (
    world: World,
  ) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await giveAway(world, "monolith");
    const name = world.capability.name;
    assert.equal(await world.code.beginFill(world.pool("monolith"), name, SLOT, world.act()), false);
    await world.look();
  },

  "only an owner is copied": async (world: World) => {
    await world.fill("extracted");
    await giveAway(world, "monolith");
    const at = world.pool("monolith");
    assert.equal(await world.code.takeSnapshot(at, world.capability, SLOT), undefined);
  },

  "a snapshot is put only where a fill waits for it": async (world: World) => {
    await begin(world);
    const old = await snapshot(world);
    await world.fill("extracted");
    assert.equal(await put(world, old), false);
    await world.look();
  },

  "a snapshot never overwrites an owner": async (world: World) => {
    await begin(world);
    const old = await snapshot(world);
    await world.fill("extracted");
    await handOver(world, "monolith");
    await world.write("extracted", "w1");
    await put(world, old);
    await world.look();
  },

  "a snapshot of a past epoch is refused": async (world: World) => {
    await begin(world);
    const old = await snapshot(world);
    await world.fill("extracted");
    await giveAway(world, "monolith");
    await world.code.abortHandover(world.between("monolith"), world.act());
    await begin(world);
    await put(world, old);
    await world.look();
    await world.receive("extracted", world.row("monolith", 1));
    await world.look();
  },

  "a snapshot older than the copy is refused": async (world: World) => {
    await begin(world);
    const old = await snapshot(world);
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await world.look();
    await world.drain("extracted");
    await world.relay("monolith");
    await world.prune("monolith");
    await spoil(world, "extracted");
    await begin(world);
    await put(world, old);
    await world.look();
  },

  "a fill that was broken off is resumed by slot, and one that is complete does nothing": async (
    world: World,
  ) => {
    await world.write("monolith", "w1");
    await begin(world);
    const { capability } = world;
    const owner = { pool: world.pool("monolith"), capability };
    const options = { owner, copy: { pool: world.pool("extracted"), capability }, act: world.act() };
    assert.deepEqual(await world.code.fillSlots(options), {
      slotsTotal: 1,
      filled: 1,
      passedOver: 0,
      rows: 1,
    });
    assert.deepEqual(await world.code.fillSlots(options), {
      slotsTotal: 0,
      filled: 0,
      passedOver: 0,
      rows: 0,
    });
    await world.look();
  },

  "a fill takes a slot past the bad event that stopped it": async (world: World) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await world.look();
    await world.receive("extracted", { ...world.row("monolith", 1), changes: "no list" });
    const { capability } = world;
    const owner = { pool: world.pool("monolith"), capability };
    const options = { owner, copy: { pool: world.pool("extracted"), capability }, act: world.act() };
    assert.equal((await world.code.fillSlots(options)).filled, 1);
    assert.deepEqual((await world.look()).extracted.writes, ["w1"]);
    assert.equal(world.now.extracted.trouble, null);
  },

  "reconcile compares at equal seq only: a copy that is behind is not different": async (world: World) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    assert.equal((await world.reconcile("extracted")).kind, "moving");
    await world.look();
    await world.drain("extracted");
    assert.deepEqual(await world.reconcile("extracted"), { kind: "equal", seq: 1, rows: 1 });
    assert.equal((await world.reconcile("monolith")).kind, "unfit");
    await world.look();
  },

  "a difference quarantines the copy, is explained, and is mended by a re-fill only": async (
    world: World,
  ) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await world.drain("extracted");
    await world.damage("extracted");
    const found = await world.reconcile("extracted");
    assert(found.kind === "different");
    assert.deepEqual(
      found.differences.map(({ id, kind }) => `${id} ${kind}`),
      ["000001 missing", '["key", "ada", "POST /orders", "w1"] missing'],
    );
    assert.equal((await world.look()).extracted.state, "quarantined");
    await world.fill("extracted");
    assert.equal((await world.reconcile("extracted")).kind, "equal");
    await world.look();
  },

  "reconcile compares the keys too": async (world: World) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await world.drain("extracted");
    world.history.damaged += 1;
    await world
      .pool("extracted")
      .query("DELETE FROM handover.key WHERE capability = $1", [world.capability.name]);
    assert.equal((await world.reconcile("extracted")).kind, "different");
  },
};
