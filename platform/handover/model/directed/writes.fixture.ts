import assert from "node:assert/strict";
import { outcomeOf, refused } from "../outcome.fixture.ts";
import { answerTo, keyOf, SLOT, type World } from "../world.fixture.ts";

/** §5.2 and §5.3: the write guard and its keys. */
export const WRITES = {
  "a side that does not own the slot answers 421 with its epoch, before any work": async (world: World) => {
    let worked = false;
    const held = async () => {
      worked = true;
    };
    const error = await world.write("extracted", "w1", { held }).catch((thrown: unknown) => thrown);
    assert(error instanceof world.code.MisdirectedError);
    const { name: capability } = world.capability;
    assert.deepEqual(error.misdirected, { reason: "not-owner", capability, slot: SLOT, epoch: 1 });
    assert.equal(worked, false);
    await world.look();
  },

  "a repeat of a key is answered from what is stored, and nothing is written again": async (world: World) => {
    assert.equal((await world.write("monolith", "w1")).kind, "written");
    assert.deepEqual(await world.write("monolith", "w1"), { kind: "replayed", response: answerTo("w1") });
    assert.equal((await world.look()).monolith.seq, 1);
  },

  "a key with another body is refused with 422": async (world: World) => {
    await world.write("monolith", "w1");
    const key = { ...keyOf("w1"), bodyHash: "another" };
    const write = { capability: world.capability.name, slot: SLOT, key };
    const work = async () => ({ changes: [], response: null });
    await refused(world.code.guardedWrite(world.pool("monolith"), write, work), "BYN-DATA-021");
    await world.look();
  },

  "a write that records no change leaves seq and its key as they were": async (world: World) => {
    const write = { capability: world.capability.name, slot: SLOT, key: keyOf("w1") };
    const none = async () => ({ changes: [], response: { ...answerTo("w1"), status: 409 } });
    const outcome = await world.code.guardedWrite(world.pool("monolith"), write, none);
    assert.equal(outcome.kind, "unchanged");
    assert.equal((await world.look()).monolith.seq, 0);
    assert.equal((await world.write("monolith", "w1")).kind, "written");
    await world.look();
  },

  "a key stays in progress until a later write settles it, on the side that owns the slot then": async (
    world: World,
  ) => {
    await world.fill("extracted");
    const write = { capability: world.capability.name, slot: SLOT };
    const begin = async () => ({ changes: [{ write: "w1" }], response: null });
    const at = world.pool("monolith");
    await at.query("INSERT INTO entry VALUES ($1, $2, 1, 'w1')", [world.capability.name, SLOT]);
    await world.code.guardedWrite(at, { ...write, key: keyOf("w1") }, begin);
    assert.equal((await world.write("monolith", "w1")).kind, "in-progress");
    await world.code.handOver(world.between("monolith"), world.act(), 10);
    await world.drain("extracted");
    assert.equal((await world.write("extracted", "w1")).kind, "in-progress");
    const settle = async () => ({
      changes: [{ write: "w2" }],
      response: null,
      settles: { ...keyOf("w1"), response: answerTo("w1") },
    });
    await world.code.guardedWrite(world.pool("extracted"), write, settle);
    assert.deepEqual(await world.write("extracted", "w1"), { kind: "replayed", response: answerTo("w1") });
    await world.drain("monolith");
    await world.code.handOver(world.between("extracted"), world.act(), 10);
    await world.drain("monolith");
    assert.deepEqual(await world.write("monolith", "w1"), { kind: "replayed", response: answerTo("w1") });
  },

  "a write that is open when its slot is handed over stands before the marker": async (world: World) => {
    await world.fill("extracted");
    const { open, release, opened } = gate();
    const write = world.write("monolith", "w1", { held: open });
    await opened;
    const plan = await world.code.planHandover(world.between("monolith"), 10);
    const gave = await outcomeOf(world.code.giveAway(world.between("monolith"), plan, world.act()));
    release();
    await write;
    if (typeof gave === "string") await world.code.giveAway(world.between("monolith"), plan, world.act());
    await world.drain("extracted");
    const { extracted } = await world.look();
    assert.equal(extracted.owner, true);
    assert.deepEqual(extracted.writes, ["w1"]);
  },

  "a handover does not wait behind a long write: it lets go and says that the slot is busy": async (
    world: World,
  ) => {
    await world.fill("extracted");
    const { open, release, opened } = gate();
    const write = world.write("monolith", "w1", { held: open });
    await opened;
    const plan = await world.code.planHandover(world.between("monolith"), 10);
    const late = setTimeout(release, 4_000); // a bound for a handover that waits for ever
    await refused(world.code.giveAway(world.between("monolith"), plan, world.act()), "BYN-DATA-025");
    clearTimeout(late);
    release();
    await write;
    await world.look();
  },
};

/** A write that stays open until it is released. */
function gate(): { open: () => Promise<void>; opened: Promise<void>; release: () => void } {
  const reached = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const open = () => {
    reached.resolve();
    return go.promise;
  };
  return { open, opened: reached.promise, release: () => go.resolve() };
}
