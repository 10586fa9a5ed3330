import { randomUUID } from "node:crypto";
import { peerOf, SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { Pool } from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { ensureFeedRole, grantFeed } from "../log/feed-role.ts";
import { until } from "../log/sample.ts";
import { createLog } from "../logging/log.ts";
import { handOver } from "./act/hand-over.ts";
import { createEmbeddedLog } from "./event-log/embedded-log.ts";
import type { EventLog } from "./event-log/event-log.ts";
import { fillSlots } from "./fill/fill-slots.ts";
import { appendEntry, type Bench, createBench, listOf } from "./model/bench.fixture.ts";
import { peerOutbox } from "./outbox/peer-outbox.ts";
import { reconcileSlot } from "./reconcile/reconcile-slot.ts";
import { readSlots } from "./slot/slot-row.ts";
import { startWorker } from "./worker.ts";
import { guardedWrite } from "./write/guarded-write.ts";
import { MisdirectedError, refuseUnknown } from "./write/misdirected.ts";

/* Both workers over the embedded log, as two processes run them; each reads the other's database by the feed role only. */

const list = listOf("list");
const logger = createLog("workers", "silent");
const act = { token: 1, sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };

let bench: Bench;
let feeds: Record<Side, Pool>;
const role = `feed_${randomUUID().slice(0, 8)}`;
const running: (() => Promise<void>)[] = [];
const logs: EventLog[] = [];

beforeEach(async () => {
  bench = await createBench(inject("postgresUrl"));
  const admin = new Pool({ connectionString: inject("postgresUrl"), max: 1 });
  await ensureFeedRole(admin, role, "feed", 40);
  await admin.end();
  const feedOf = async (side: Side) => {
    await bench.pools[side].query("SELECT handover.open('list', $1)", [side === "monolith"]);
    await grantFeed(bench.pools[side], role, "handover_feed");
    return new Pool({ connectionString: feedUrl(side), max: 4 });
  };
  feeds = { monolith: await feedOf("monolith"), extracted: await feedOf("extracted") };
  for (const side of SIDES) await start(side);
  const owner = { pool: bench.pools.monolith, capability: list };
  const copy = { pool: bench.pools.extracted, capability: list };
  expect((await fillSlots({ owner, copy, act })).filled).toBe(102);
});

afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
  for (const log of logs.splice(0)) await log.close();
  for (const side of SIDES) await feeds[side].end();
  await bench.close();
  const admin = new Pool({ connectionString: inject("postgresUrl"), max: 1 });
  await admin.query(`DROP ROLE ${role}`);
  await admin.end();
});

function feedUrl(side: Side): string {
  const url = new URL(bench.urls[side]);
  url.username = role;
  url.password = "feed";
  return url.href;
}

async function start(side: Side): Promise<void> {
  const peer = peerOf(side);
  const own = bench.pools[side];
  const common = { own, random: Math.random, pollMs: 200 };
  const log = createEmbeddedLog({ ...common, peer: feeds[peer], peerUrl: feedUrl(peer), log: logger });
  logs.push(log);
  running.push(
    await startWorker({
      ...common,
      inbox: { capability: list, own, peer: peerOutbox(feeds[peer]), batch: 50 },
      ownUrl: bench.urls[side],
      log,
      retainMs: 0,
      holder: randomUUID(),
      logger,
      now: Date.now,
    }),
  );
}

async function write(side: Side, slot: number, text: string): Promise<"written" | "421"> {
  try {
    await guardedWrite(bench.pools[side], { capability: "list", slot }, async (client) => {
      await appendEntry(client, "list", slot, text);
      return { changes: [{ write: text }], response: null };
    });
    return "written";
  } catch (error) {
    if (error instanceof MisdirectedError) return "421";
    throw error;
  }
}

async function ownedBy(side: Side): Promise<number[]> {
  return (await readSlots(bench.pools[side], "list")).filter((row) => row.owner).map((row) => row.slot);
}

test("slots go over and back under writes, each write once, and both sides end the same", async () => {
  const slots = [1, 2, 3, 4];
  let acknowledged = 0;
  let writing = true;
  const clients = slots.map(async (slot) => {
    for (let n = 0; writing; ) {
      for (const side of SIDES) {
        if ((await write(side, slot, `${slot}-${n}`)) === "421") continue;
        n += 1;
        acknowledged += 1;
      }
    }
  });
  for (const from of SIDES) {
    for (const slot of slots) {
      const between = { capability: "list", slot, from: bench.pools[from], to: bench.pools[peerOf(from)] };
      await until("the copy is close behind", async () =>
        handOver(between, act, 20).then(
          () => true,
          () => false,
        ),
      );
    }
    const to = peerOf(from);
    await until("all are taken over", async () => (await ownedBy(to)).filter((s) => s <= 4).length === 4);
  }
  writing = false;
  await Promise.all(clients);
  const owner = { pool: bench.pools.monolith, capability: list };
  const copy = { pool: bench.pools.extracted, capability: list };
  for (const slot of slots) {
    await until(
      `slot ${slot} is equal`,
      async () => (await reconcileSlot({ owner, copy, slot })).kind === "equal",
    );
  }
  const { rows } = await bench.pools.extracted.query(
    "SELECT count(*)::int AS entries, count(DISTINCT write)::int AS writes FROM entry",
  );
  expect(rows).toEqual([{ entries: acknowledged, writes: acknowledged }]);
  await until("the relay has noted all", async () => {
    const { rows: behind } = await bench.pools.monolith.query(
      "SELECT FROM handover.outbox o JOIN handover.sent s USING (capability, slot) WHERE o.seq > s.seq",
    );
    return behind.length === 0;
  });
});

test("the feed role reads slots and outbox, and nothing else", async () => {
  const feed = feeds.monolith;
  expect((await feed.query("SELECT FROM handover_feed.slot")).rowCount).toBe(102);
  expect((await feed.query("SELECT FROM handover_feed.outbox")).rowCount).toBe(0);
  for (const relation of ["handover.slot", "handover.key", "entry"])
    await expect(feed.query(`SELECT FROM ${relation}`)).rejects.toThrow(/permission denied/);
  await expect(feed.query("SELECT handover.open('x', true)")).rejects.toThrow(/permission denied/);
});

test("an id that nobody knows is a 421 `unknown` until this side owns every slot", async () => {
  const [monolith, extracted] = [bench.pools.monolith, bench.pools.extracted];
  await refuseUnknown(monolith, "list");
  await expect(refuseUnknown(extracted, "list")).rejects.toMatchObject({
    code: "BYN-DATA-020",
    misdirected: { reason: "unknown", capability: "list", slot: null, epoch: null },
  });
  await handOver({ capability: "list", slot: 9, from: monolith, to: extracted }, act, 0);
  await expect(refuseUnknown(monolith, "list")).rejects.toMatchObject({ code: "BYN-DATA-020" });
  await expect(refuseUnknown(monolith, "no such")).rejects.toMatchObject({ code: "BYN-DATA-020" });
});
