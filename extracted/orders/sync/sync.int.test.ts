import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import { SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { giveAway, planHandover } from "@banyan/platform/handover/act/hand-over.ts";
import { createEmbeddedLog } from "@banyan/platform/handover/event-log/embedded-log.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import { reconcileSlot } from "@banyan/platform/handover/reconcile/reconcile-slot.ts";
import { readSlot } from "@banyan/platform/handover/slot/slot-row.ts";
import { startWorker } from "@banyan/platform/handover/worker.ts";
import { createWorkerApp } from "@banyan/platform/handover/worker-app.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { ensureFeedRole, grantFeed } from "@banyan/platform/log/feed-role.ts";
import { until } from "@banyan/platform/log/sample.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { checkout } from "@banyan/shop/checkout/checkout.ts";
import { untimed } from "@banyan/shop/checkout/timing.ts";
import { orderSlot } from "@banyan/shop/orders/slot.ts";
import { Pool } from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { CARDS, type Cards, groundOf, HOME, openCards } from "../orders.fixture.ts";
import { act, createPair, orders, silent, type TestPair } from "../orders-database.fixture.ts";
import { openRestOfShop, type RestOfShop } from "../rest-of-shop.fixture.ts";
import { startSync } from "./sync.ts";

/* This side's worker, and a plain one that stands in for the monolith's; each reads the other's database by the feed role. */

const admin = () => new Pool({ connectionString: inject("postgresUrl"), max: 1 });
const role = `orders_feed_${randomUUID().slice(0, 8)}`;

let pair: TestPair;
let cards: Cards;
let rest: RestOfShop;
let server: Server;
let health = "";
let customerId = "";
let slot = 0;
/** In the order in which it is stopped. */
const running: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  pair = await createPair(inject("postgresUrl"));
  const database = admin();
  await ensureFeedRole(database, role, "feed", 20);
  await database.end();
  for (const side of SIDES) await grantFeed(pair.databases[side].pool, role, "handover_feed");
  cards = await openCards(inject("postgresUrl"));
  rest = await openRestOfShop();
  customerId = randomUUID();
  slot = orderSlot(customerId);
  await startOwn();
  await startMonolithWorker();
});
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
  await rest.stop();
  await cards.stop();
  await pair.remove();
  const database = admin();
  await database.query(`DROP ROLE ${role}`);
  await database.end();
});

function feedUrl(side: Side): string {
  const url = new URL(pair.databases[side].url);
  url.username = role;
  url.password = "feed";
  return url.href;
}

const groundAt = (side: Side) => groundOf({ pool: pair.databases[side].pool, rest, cards });

async function startOwn(): Promise<void> {
  const { url, pool } = pair.databases.extracted;
  const sync = await startSync(
    { DATABASE_URL: url, PEER_DATABASE_URL: feedUrl("monolith") },
    { pool, ground: groundAt("extracted"), close: async () => {} },
    silent,
    { ownMs: 0, othersMs: 0 },
  );
  server = createServer(createWorkerApp({ ...sync, pool, log: silent }));
  health = `http://127.0.0.1:${await listen(server, 0)}`;
  running.push(
    () => close(server),
    () => sync.stop(),
  );
}

async function startMonolithWorker(): Promise<void> {
  const { url, pool: own } = pair.databases.monolith;
  const peer = createPool(feedUrl("extracted"), { max: 2, name: "test" }, silent);
  const common = { own, random: Math.random, pollMs: 200 };
  const log = createEmbeddedLog({ ...common, peer, peerUrl: feedUrl("extracted"), log: silent });
  const stop = await startWorker({
    ...common,
    inbox: { capability: orders, own, peer: peerOutbox(peer), batch: 50 },
    ownUrl: url,
    log,
    retainMs: 0,
    holder: randomUUID(),
    logger: silent,
    now: Date.now,
  });
  running.push(
    stop,
    () => log.close(),
    () => peer.end(),
  );
}

/** A checkout at a side, as its web process does it; answers the status. */
async function buyAt(side: Side): Promise<number> {
  rest.put(customerId, rest.products[0] ?? "", 1);
  const asked = { customerId, request: { shipTo: HOME, card: CARDS.good }, key: undefined, timing: untimed };
  return (await checkout(groundAt(side), asked)).status;
}

async function handOver(from: Side, to: Side): Promise<void> {
  const between = {
    capability: "orders",
    slot,
    from: pair.databases[from].pool,
    to: pair.databases[to].pool,
  };
  await until("the copy is at its owner's", async () => {
    const [owner, copy] = await Promise.all(
      [between.from, between.to].map((on) => readSlot(on, "orders", slot)),
    );
    return owner?.seq === copy?.seq;
  });
  await giveAway(between, await planHandover(between, 0), act);
  await until("it is taken over", async () => (await readSlot(between.to, "orders", slot)).owner);
}

async function statusesAt(side: Side): Promise<readonly string[]> {
  const { rows } = await pair.databases[side].pool.query<{ status: string }>(
    "SELECT status FROM shop_order ORDER BY placed_at, id",
  );
  return rows.map(({ status }) => status);
}

const readyz = async () => {
  const answer = await fetch(`${health}/readyz`);
  return [answer.status, await answer.json()] as const;
};

test("writes of the monolith arrive, the slot comes over, and writes made here go back", async () => {
  expect(await buyAt("monolith")).toBe(201);
  await until("it has arrived", async () => (await statusesAt("extracted"))[0] === "placed");
  await handOver("monolith", "extracted");
  await expect(buyAt("monolith")).rejects.toMatchObject({ code: "BYN-DATA-020" });
  expect(await buyAt("extracted")).toBe(201);
  await until("it went back", async () => (await statusesAt("monolith"))[1] === "placed");
  await handOver("extracted", "monolith");
  expect(await buyAt("monolith")).toBe(201);
  const owner = { pool: pair.databases.monolith.pool, capability: orders };
  const copy = { pool: pair.databases.extracted.pool, capability: orders };
  await until(
    "both sides hold the same",
    async () => (await reconcileSlot({ owner, copy, slot })).kind === "equal",
  );
  expect(await statusesAt("extracted")).toEqual(["placed", "placed", "placed"]);
  const metrics = await (await fetch(`${health}/metrics`)).text();
  for (const what of ["applied", "relayed"])
    expect(metrics).toMatch(
      new RegExp(`^banyan_worker_events_total{capability="orders",what="${what}"} [1-9]`, "m"),
    );
});

test("a checkout that the monolith left behind is finished here once its slot is here", async () => {
  const { store } = groundAt("monolith");
  const opened = await store.open(
    {
      id: randomUUID(),
      customerId,
      status: "pending",
      placedAt: new Date().toISOString(),
      cancelledAt: null,
      shipTo: HOME,
      lines: [{ line: 1, sku: rest.products[0] ?? "", name: "Cup", unitAmount: 1_250, quantity: 1 }],
      totalAmount: 1_250,
      currency: "EUR",
      payment: { id: randomUUID(), status: "pending", cardLast4: "4242" },
      cartVersion: 1,
      failure: null,
      request: null,
    },
    undefined,
    0,
  );
  expect(opened.kind).toBe("opened");
  await until("it has arrived", async () => (await statusesAt("extracted"))[0] === "pending");
  await handOver("monolith", "extracted");
  await until("it was finished", async () => (await statusesAt("extracted"))[0] === "failed");
  await until("the monolith knows", async () => (await statusesAt("monolith"))[0] === "failed");
  expect(await cards.books()).toEqual({ refunded: 1 });
});

test("tells what its slots are, and is not ready while its peer is away", async () => {
  expect((await fetch(`${health}/livez`)).status).toBe(200);
  expect(await readyz()).toEqual([
    200,
    { status: "ready", slots: { following: 102 }, log: "1 readers follow the peer's outbox" },
  ]);
  const database = admin();
  await database.query(`ALTER ROLE ${role} NOLOGIN`);
  await database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", [role]);
  await until("it says so", async () => (await readyz())[0] === 503);
  expect((await readyz())[1]).toMatchObject({ code: "BYN-DATA-009" });
  await database.query(`ALTER ROLE ${role} LOGIN`);
  await database.end();
  await until("it goes on by itself", async () => (await readyz())[0] === 200);
});
