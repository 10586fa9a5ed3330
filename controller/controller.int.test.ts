import { randomBytes, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { type Announcement, readAnnouncement } from "@banyan/contracts/http/announcement.ts";
import { SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import {
  appendEntry,
  type Bench,
  createBench,
  listOf,
} from "@banyan/platform/handover/model/bench.fixture.ts";
import { reconcileSlot } from "@banyan/platform/handover/reconcile/reconcile-slot.ts";
import { readSlot } from "@banyan/platform/handover/slot/slot-row.ts";
import { guardedWrite } from "@banyan/platform/handover/write/guarded-write.ts";
import { MisdirectedError } from "@banyan/platform/handover/write/misdirected.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { until } from "@banyan/platform/log/sample.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { Pool } from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { createControllerApp } from "./app.ts";
import { BOUNDS } from "./decide/plan-moves.ts";
import type { Share } from "./intent/share.ts";
import { type Controlled, controlled } from "./reconcile/controlled.ts";
import { type Controller, type ControllerOptions, startController } from "./reconcile/controller.ts";
import { CONTROLLER_TABLES } from "./tables.ts";

/* No worker runs here: as with both services dead, all that arrives is drained by the controller itself. */

const list = listOf("list");
const SLOTS = [1, 2, 3, 4, 5, 6];
const UNKNOWN: Share = { known: false, code: "BYN-FLAGS-009", why: "away" };

let bench: Bench;
let own: Pool;
let both: Controlled;
let share: Share;
const running: Controller[] = [];
const ownName = () => `controller_${suffix}`;
let suffix: string;

beforeEach(async () => {
  bench = await createBench(inject("postgresUrl"));
  for (const slot of SLOTS) await bench.open("list", slot);
  suffix = randomBytes(5).toString("hex");
  const admin = new Pool({ connectionString: inject("postgresUrl"), max: 1 });
  await admin.query(`CREATE DATABASE ${ownName()} TEMPLATE template0 ENCODING 'UTF8'`);
  await admin.end();
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${ownName()}`;
  own = new Pool({ connectionString: url.href, max: 4 });
  await migrate(own, CONTROLLER_TABLES);
  const side = (of: Side) => ({ pool: bench.pools[of], capability: list });
  both = controlled({ monolith: side("monolith"), extracted: side("extracted") });
  share = { known: true, slots: 0 };
});

afterEach(async () => {
  for (const controller of running.splice(0)) await controller.stop();
  await own.end();
  const admin = new Pool({ connectionString: inject("postgresUrl"), max: 1 });
  await admin.query(`DROP DATABASE ${ownName()} WITH (FORCE)`);
  await admin.end();
  await bench.close();
});

function start(more: Partial<ControllerOptions> = {}): Controller {
  const controller = startController({
    own,
    holder: randomUUID(),
    capabilities: [both],
    intent: { shareOf: () => share },
    bounds: { ...BOUNDS, inHand: 2, drainInHandMs: 0, drainBehindMs: 0 },
    log: createLog("controller", "silent"),
    random: Math.random,
    now: () => performance.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    pollMs: 10,
    leaseMs: 5_000,
    ...more,
  });
  running.push(controller);
  return controller;
}

async function owned(side: Side): Promise<number[]> {
  const { rows } = await bench.pools[side].query<{ slot: number }>(
    "SELECT slot FROM handover.slot WHERE capability = 'list' AND owner ORDER BY slot",
  );
  return rows.map((row) => row.slot);
}

async function ownedUpTo(slots: number): Promise<void> {
  await until(`the extracted side owns 1…${slots}`, async () => {
    const [extracted, monolith] = await Promise.all([owned("extracted"), owned("monolith")]);
    return `${extracted}` === `${SLOTS.slice(0, slots)}` && `${monolith}` === `${SLOTS.slice(slots)}`;
  });
}

async function write(side: Side, slot: number, text: string): Promise<boolean> {
  try {
    await guardedWrite(bench.pools[side], { capability: "list", slot }, async (client) => {
      await appendEntry(client, "list", slot, text);
      return { changes: [{ write: text }], response: null };
    });
    return true;
  } catch (error) {
    if (error instanceof MisdirectedError) return false;
    throw error;
  }
}

/** Takes a side's database away from everyone, or gives it back. */
async function connections(side: Side, allowed: boolean): Promise<void> {
  const name = new URL(bench.urls[side]).pathname.slice(1);
  const admin = new Pool({ connectionString: inject("postgresUrl"), max: 1 });
  await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${allowed}`);
  if (!allowed)
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name]);
  await admin.end();
}

/** A controller whose acts of one kind wait for `go`, as one that was stopped in the middle of it. */
function halting(kind: string): { readonly one: Controlled; readonly halted: Promise<void>; go(): void } {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const one: Controlled = {
    ...both,
    take: async (move, act) => {
      if (move.do === kind) {
        reached.resolve();
        await gate.promise;
      }
      await both.take(move, act);
    },
  };
  return { one, halted: reached.promise, go: gate.resolve };
}

test("ownership follows intent up and down under writers, every write once on both sides", async () => {
  const controller = start();
  let writing = true;
  let acknowledged = 0;
  const writers = [1, 4].map(async (slot) => {
    for (let n = 0; writing; ) {
      for (const side of SIDES) {
        if (!(await write(side, slot, `${slot}-${n}`))) continue;
        n += 1;
        acknowledged += 1;
      }
      // As fast as they can they would run away from the copies, which no worker follows here.
      await delay(10);
    }
  });
  for (const slots of [4, 6, 2, 0, 3]) {
    share = { known: true, slots };
    await ownedUpTo(slots);
  }
  writing = false;
  await Promise.all(writers);
  await until("the status says so", () => {
    const [status] = controller.status().capabilities;
    return status?.intent === 3 && status.owned === 3 && status.inHand === 0 && status.lag === 0;
  });
  const side = (of: Side) => ({ pool: bench.pools[of], capability: list });
  for (const slot of [1, 4]) {
    const owner = side(slot <= 3 ? "extracted" : "monolith");
    const copy = side(slot <= 3 ? "monolith" : "extracted");
    expect(await reconcileSlot({ owner, copy, slot })).toMatchObject({ kind: "equal" });
  }
  const { rows } = await bench.pools.monolith.query(
    "SELECT count(*)::int AS entries, count(DISTINCT write)::int AS writes FROM entry",
  );
  expect(rows).toEqual([{ entries: acknowledged, writes: acknowledged }]);
});

test("a controller that died in the middle of a handover is followed by another, which finishes it", async () => {
  share = { known: true, slots: 2 };
  const first = halting("drain");
  const dead = start({ capabilities: [first.one], leaseMs: 100 });
  await first.halted;
  expect((await owned("monolith")).length).toBeLessThan(SLOTS.length); // given away, and nobody's yet
  start({ leaseMs: 100 });
  await ownedUpTo(2);
  first.go();
  await until("the first one sees that it has lost", () => dead.status().state === "waiting");
});

test("an old controller that wakes up after its lease was lost is refused by the token", async () => {
  share = { known: true, slots: 1 };
  const old = halting("hand-over");
  const woken = start({
    capabilities: [old.one],
    leaseMs: 100,
    intent: { shareOf: () => ({ known: true, slots: 1 }) },
  });
  await old.halted;
  share = { known: true, slots: 0 };
  const next = start({ leaseMs: 100 });
  await until("the next one has acted here", async () => {
    const { rows } = await bench.pools.monolith.query<{ token: string }>(
      "SELECT token FROM handover.controller",
    );
    return next.status().state === "acting" && rows[0]?.token === "2";
  });
  old.go();
  await until("it was refused", () => woken.status().halted.includes("list"));
  expect(await readSlot(bench.pools.monolith, "list", 1)).toMatchObject({ owner: true, epoch: 1 });
});

test("an unknown intent changes nothing, and is no 0", async () => {
  const controller = start();
  share = { known: true, slots: 3 };
  await ownedUpTo(3);
  share = UNKNOWN;
  await until("it knows", () => controller.status().capabilities[0]?.intent === null);
  const epochs = async () => (await both.rows()).monolith.map((row) => row.epoch);
  const before = await epochs();
  let rounds = 0;
  const watched = { ...both, rows: () => both.rows().finally(() => rounds++) };
  await controller.stop();
  start({ capabilities: [watched] });
  await until("it has looked many times", () => rounds > 20);
  await ownedUpTo(3);
  expect(await epochs()).toEqual(before);
});

test("a capability whose database is slow holds no other one up", async () => {
  const gate = Promise.withResolvers<void>();
  let turns = 0;
  const slow: Controlled = {
    ...both,
    name: "slow",
    opened: () => {
      turns += 1;
      return gate.promise.then(() => false);
    },
  };
  try {
    start({ capabilities: [slow, both], roundMs: 20 });
    for (const slots of [3, 1, 4]) {
      share = { known: true, slots };
      await ownedUpTo(slots);
    }
    expect(turns).toBe(1); // its next turn comes after this one
  } finally {
    gate.resolve();
  }
});

test("a capability that is not opened yet is passed over, which is no error, and begun once it is", async () => {
  const later = listOf("later");
  const nowhere = { pool: own, capability: later }; // a database without the handover's tables
  expect(await controlled({ monolith: nowhere, extracted: nowhere }).opened()).toBe(false);
  const one = controlled({
    monolith: { pool: bench.pools.monolith, capability: later },
    extracted: { pool: bench.pools.extracted, capability: later },
  });
  share = { known: true, slots: 2 };
  const controller = start({ capabilities: [one, both] });
  await ownedUpTo(2);
  expect(controller.status()).toMatchObject({ halted: [], unopened: ["later"] });
  await bench.open("later", 1);
  await until("it is begun", () =>
    controller.status().capabilities.some(({ capability, owned }) => capability === "later" && owned === 1),
  );
  expect(controller.status().unopened).toEqual([]);
});

test("while a database is away nothing is begun; it goes on when that is back, and /readyz says which", async () => {
  const controller = start();
  const server = createServer(createControllerApp(controller));
  const port = await listen(server, 0);
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  try {
    await until("it is ready", async () => (await ask("/readyz")).status === 200);
    await connections("extracted", false);
    await until("it is not ready", async () => (await ask("/readyz")).status === 503);
    share = { known: true, slots: 5 };
    expect(await (await ask("/readyz")).json()).toMatchObject({ code: "BYN-DATA-027" });
    expect(await owned("monolith")).toEqual(SLOTS);
    await connections("extracted", true);
    await ownedUpTo(5);
    await until("it is ready again", async () => (await ask("/readyz")).status === 200);
    await until("the status says so", async () => {
      const status = (await (await ask("/status")).json()) as ReturnType<Controller["status"]>;
      return status.state === "acting" && status.capabilities[0]?.owned === 5;
    });
    expect(await (await ask("/metrics")).text()).toContain('banyan_slots_owned{capability="list"} 5');
  } finally {
    await close(server);
  }
});

test("its announcements tell each handover and its arrival, in order, and end with it", async () => {
  const controller = start();
  const server = createServer(createControllerApp(controller));
  const port = await listen(server, 0);
  const told: Announcement[] = [];
  try {
    const response = await fetch(`http://127.0.0.1:${port}/events`);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const reading = (async () => {
      let rest = "";
      for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const lines = `${rest}${text}`.split("\n");
        rest = lines.pop() ?? "";
        told.push(...lines.flatMap((line) => readAnnouncement(line) ?? []));
      }
    })();
    await until("every slot was told of", () => new Set(told.map(({ slot }) => slot)).size === SLOTS.length);
    share = { known: true, slots: 2 };
    await ownedUpTo(2);
    const last = (slot: number) => told.findLast((each) => each.slot === slot)?.epoch;
    await until("it was told", () => last(1) === 2 && last(2) === 2);
    share = { known: true, slots: 0 };
    await ownedUpTo(0);
    await until("it was told too", () => last(1) === 3 && last(2) === 3);
    await controller.stop();
    await reading;
  } finally {
    await close(server);
  }
  for (const slot of SLOTS) {
    const epochs = told.filter((each) => each.slot === slot).map(({ epoch }) => epoch);
    expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
    expect(new Set(epochs).size).toBe(slot <= 2 ? 3 : 1);
  }
  expect(told.every(({ owner, epoch }) => owner === (epoch === 2 ? "extracted" : "monolith"))).toBe(true);
});
