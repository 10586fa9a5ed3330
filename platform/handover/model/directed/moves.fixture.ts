import assert from "node:assert/strict";
import { inTransaction } from "../../../postgres/pool.ts";
import { outcomeOf, refused } from "../outcome.fixture.ts";
import { SLOT, type World } from "../world.fixture.ts";
import { giveAway, handOver, spoil } from "./journeys.fixture.ts";

/** §5.6 and §5.14: the handover, its abort, and controllers that come late. */
export const MOVES = {
  "a handover starts only when its receiver follows, close behind, without trouble": async (world: World) => {
    const { code } = world;
    const start = (maxLag: number) => outcomeOf(code.planHandover(world.between("monolith"), maxLag));
    assert.equal(await start(10), "BYN-DATA-024"); // empty
    await world.fill("extracted");
    for (const write of ["w1", "w2", "w3"]) await world.write("monolith", write);
    assert.equal(await start(2), "BYN-DATA-024");
    assert.deepEqual(await start(3), { epoch: 1 });
    const bad = { ...world.row.bind(world), code: "BYN-DATA-003", detail: "bad", seq: 1 } as const;
    const row = {
      slot: SLOT,
      owner: false,
      epoch: 1,
      seq: 3,
      state: "following",
      trouble: undefined,
    } as const;
    const from = { ...row, owner: true };
    const why = (to: Partial<typeof row> | object) => code.whyNot(from, { ...row, ...to }, 3) !== undefined;
    const { code: trouble, detail, seq } = bad;
    const cases = [{ owner: true }, { epoch: 2 }, { trouble: { code: trouble, detail, seq } }, { seq: 4 }];
    assert.deepEqual(cases.map(why), [true, true, true, true]);
    assert.equal(why({}), false);
    await world.look();
  },

  "between the two moments both sides answer 421, and the epochs tell who owns next": async (
    world: World,
  ) => {
    await world.fill("extracted");
    await giveAway(world, "monolith");
    await refused(world.write("monolith", "w1"), "BYN-DATA-020");
    await refused(world.write("extracted", "w1"), "BYN-DATA-020");
    await world.drain("extracted");
    const { extracted, monolith } = await world.look();
    assert.deepEqual([extracted.owner, extracted.epoch, monolith.epoch], [true, 2, 2]);
  },

  "a slot goes there and back again with every write, and every late copy is a duplicate": async (
    world: World,
  ) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await handOver(world, "monolith");
    await world.write("extracted", "w2");
    await handOver(world, "extracted");
    await world.write("monolith", "w3");
    await world.drain("extracted");
    await world.look();
    for (const seq of [1, 2, 5]) await world.receive("extracted", world.row("monolith", seq));
    for (const seq of [3, 4]) await world.receive("monolith", world.row("extracted", seq));
    const { monolith, extracted } = await world.look();
    assert.deepEqual(monolith.writes, ["w1", "w2", "w3"]);
    assert.deepEqual(extracted.writes, monolith.writes);
    assert.deepEqual(monolith.epochs, extracted.epochs);
  },

  "a handover that was planned before another one is refused": async (world: World) => {
    await world.fill("extracted");
    const plan = await world.code.planHandover(world.between("monolith"), 10);
    await handOver(world, "monolith");
    await refused(world.code.giveAway(world.between("monolith"), plan, world.act()), "BYN-DATA-023");
    await handOver(world, "extracted");
    await refused(world.code.giveAway(world.between("monolith"), plan, world.act()), "BYN-DATA-023");
    await world.look();
  },

  "a fence that was planned for one handover does not hit a later one": async (world: World) => {
    const fence = () =>
      outcomeOf(
        world.code.fenceReceiver(world.pool("extracted"), world.capability.name, SLOT, 2, world.act()),
      );
    await world.fill("extracted");
    await giveAway(world, "monolith");
    await world.drain("extracted");
    assert.equal(await fence(), "BYN-DATA-023"); // it owns
    await handOver(world, "extracted");
    await giveAway(world, "monolith");
    assert.equal(await fence(), "BYN-DATA-023");
    assert.equal((await world.look()).extracted.state, "following");
  },

  "a restore that was planned for one abort does not bring back an owner in a later handover": async (
    world: World,
  ) => {
    const restore = () =>
      outcomeOf(
        world.code.restoreOwner(
          world.pool("monolith"),
          world.capability.name,
          SLOT,
          { nextEpoch: 2, epoch: 3 },
          world.act(),
        ),
      );
    await world.fill("extracted");
    await giveAway(world, "monolith");
    await world.code.abortHandover(world.between("monolith"), world.act());
    assert.equal(await restore(), "BYN-DATA-023"); // it owns again
    await world.fill("extracted");
    await giveAway(world, "monolith");
    assert.equal(await restore(), "BYN-DATA-023");
    await world.look();
  },

  "an abort gives the slot back at a higher epoch, and loses nothing": async (world: World) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await giveAway(world, "monolith");
    assert.equal(await world.code.abortHandover(world.between("monolith"), world.act()), true);
    await world.look();
    assert.equal((await world.write("monolith", "w2")).kind, "written");
    await world.fill("extracted");
    const { monolith, extracted } = await world.look();
    assert.deepEqual([monolith.owner, monolith.epoch, extracted.state], [true, 3, "following"]);
    assert.deepEqual(monolith.epochs, [
      { epoch: 1, last: 2 },
      { epoch: 2, last: 2 },
    ]);
    assert.equal(await world.code.abortHandover(world.between("monolith"), world.act()), false);
  },

  "a fenced receiver is empty, at an epoch that no marker has named": async (world: World) => {
    await world.fill("extracted");
    await giveAway(world, "monolith");
    await world.code.fenceReceiver(world.pool("extracted"), world.capability.name, SLOT, 2, world.act());
    const { extracted } = await world.look();
    assert.deepEqual([extracted.state, extracted.epoch], ["empty", 3]);
  },

  "an abort fences the receiver before it restores the owner": async (world: World) => {
    await world.fill("extracted");
    await giveAway(world, "monolith");
    await world.pool("extracted").query("UPDATE handover.controller SET token = 9");
    await refused(world.code.abortHandover(world.between("monolith"), world.act()), "BYN-DATA-022");
    await world.look();
    await world.drain("extracted");
    assert.equal((await world.look()).extracted.owner, true);
  },

  "an abort that was left half done is finished at the same epoch, never fenced again": async (
    world: World,
  ) => {
    await world.fill("extracted");
    await giveAway(world, "monolith");
    await world.code.fenceReceiver(world.pool("extracted"), world.capability.name, SLOT, 2, world.act());
    await world.code.beginFill(world.pool("extracted"), world.capability.name, SLOT, world.act());
    const outcome = await outcomeOf(world.code.abortHandover(world.between("monolith"), world.act()));
    assert.equal(outcome, true);
    assert.equal((await world.look()).monolith.epoch, 3);
  },

  "a handover stuck by a quarantined receiver is aborted, filled and done": async (world: World) => {
    await world.fill("extracted");
    await world.write("monolith", "w1");
    await giveAway(world, "monolith");
    await spoil(world, "extracted");
    await world.look();
    await world.drain("extracted");
    assert.equal(await world.fill("extracted"), false); // there is no owner to copy
    await world.code.abortHandover(world.between("monolith"), world.act());
    await world.look();
    await world.fill("extracted");
    await handOver(world, "monolith");
    assert.deepEqual((await world.look()).extracted.writes, ["w1"]);
  },

  "an act with a lower token than the highest seen at that database is refused": async (world: World) => {
    await world.fill("extracted", 2);
    const [copy, name] = [world.pool("extracted"), world.capability.name];
    await spoil(world, "extracted");
    await refused(world.code.beginFill(copy, name, SLOT, world.act(1)), "BYN-DATA-022");
    await world.code.handOver(world.between("monolith"), world.act(1), 10).catch(() => {});
    await world.look(); // the other database has seen no newer one: the epochs keep the slot safe
    assert.equal(await world.code.beginFill(copy, name, SLOT, world.act(2)), true);
    await world.look();
  },

  "no handover starts while the slot is being reconciled": async (world: World) => {
    await world.fill("extracted");
    await inTransaction(world.pool("monolith"), async (client) => {
      await world.code.markReconcile(client, world.capability.name, SLOT);
      await refused(world.code.handOver(world.between("monolith"), world.act(), 10), "BYN-DATA-024");
    });
    await handOver(world, "monolith");
    await world.look();
  },
};
