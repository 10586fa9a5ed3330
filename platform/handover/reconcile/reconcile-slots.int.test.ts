import { SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { giveAway, handOver } from "../act/hand-over.ts";
import { fillSlots } from "../fill/fill-slots.ts";
import { drain } from "../inbox/deliver.ts";
import { appendEntry, type Bench, createBench, listOf } from "../model/bench.fixture.ts";
import { peerOutbox } from "../outbox/peer-outbox.ts";
import { readSlot } from "../slot/slot-row.ts";
import { guardedWrite } from "../write/guarded-write.ts";
import { reconcileSlots } from "./reconcile-slots.ts";

const list = listOf("list");
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const act = { token: 1, sleep };

let bench: Bench;

beforeEach(async () => {
  bench = await createBench(inject("postgresUrl"));
  for (const side of SIDES) {
    await bench.pools[side].query("SELECT handover.open('list', $1)", [side === "monolith"]);
  }
});

afterEach(() => bench.close());

const at = (side: Side) => ({ pool: bench.pools[side], capability: list });
const compared = (boundMs = 0) =>
  reconcileSlots({
    sides: { monolith: at("monolith"), extracted: at("extracted") },
    boundMs,
    now: Date.now,
    sleep,
  });
const filled = () => fillSlots({ owner: at("monolith"), copy: at("extracted"), act });

async function write(side: Side, slot: number, word: string): Promise<void> {
  await guardedWrite(bench.pools[side], { capability: "list", slot }, async (client) => {
    await appendEntry(client, "list", slot, word);
    return { changes: [{ write: word }], response: null };
  });
}

/** Slot 7 to the extracted side, arrived there. */
async function moved(): Promise<void> {
  const between = { capability: "list", slot: 7, from: bench.pools.monolith, to: bench.pools.extracted };
  await handOver(between, act, 0);
  await caughtUp("extracted", 7);
}

async function caughtUp(copy: Side, slot: number): Promise<void> {
  const peer = peerOutbox(bench.pools[copy === "monolith" ? "extracted" : "monolith"]);
  await drain({ capability: list, own: bench.pools[copy], peer, batch: 50 }, slot);
}

test("copies that are not filled are counted, and prove nothing", async () => {
  expect(await compared()).toMatchObject({ equal: 0, unfilled: 100, behind: 0, zero: false });
});

test("equal on both sides, whichever owns the slot: zero, with the rows that were compared", async () => {
  await write("monolith", 7, "before");
  await filled();
  await moved();
  await write("extracted", 7, "after");
  await caughtUp("monolith", 7);
  expect(await compared()).toMatchObject({ equal: 100, rows: 2, lagMax: 0, zero: true, reference: [] });
});

test("a copy that is behind is waited for, then told as behind, never as different", async () => {
  await filled();
  await moved();
  await write("extracted", 7, "not there yet");
  expect(await compared()).toMatchObject({
    equal: 99,
    behind: 1,
    different: 0,
    quarantined: 0,
    lagMax: 1,
    zero: false,
  });
  const waited = compared(30_000);
  await caughtUp("monolith", 7);
  expect(await waited).toMatchObject({ equal: 100, zero: true });
});

test("a slot in hand has no owner to compare with", async () => {
  await filled();
  const between = { capability: "list", slot: 7, from: bench.pools.monolith, to: bench.pools.extracted };
  await giveAway(between, { epoch: 1 }, act);
  expect(await compared()).toMatchObject({ equal: 99, behind: 1, zero: false });
});

test("a difference quarantines the copy at whichever side it is, and says what differs", async () => {
  await write("monolith", 7, "true");
  await filled();
  await moved();
  await bench.pools.monolith.query("UPDATE entry SET write = 'false' WHERE slot = 7");
  const found = await compared();
  expect(found).toMatchObject({ equal: 99, different: 1, quarantined: 1, zero: false });
  expect(found.differences).toMatchObject([{ slot: 7, differing: 1 }]);
  expect((await readSlot(bench.pools.monolith, "list", 7)).state).toBe("quarantined");
  expect((await readSlot(bench.pools.extracted, "list", 7)).owner).toBe(true);
});
