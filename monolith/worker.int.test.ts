import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ORDERS, type OrderRecord } from "@banyan/contracts/events/orders.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import { handOver } from "@banyan/platform/handover/act/hand-over.ts";
import { createEmbeddedLog } from "@banyan/platform/handover/event-log/embedded-log.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import { startWorker } from "@banyan/platform/handover/worker.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { ensureFeedRole, grantFeed } from "@banyan/platform/log/feed-role.ts";
import { checkoutResponse } from "@banyan/shop/checkout/respond.ts";
import { createOrderStore } from "@banyan/shop/orders/order-store.ts";
import { ordersCapability } from "@banyan/shop/orders/orders-capability.ts";
import { orderSlot } from "@banyan/shop/orders/slot.ts";
import { Pool } from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { enterMode } from "./orders/checkout-mode.ts";
import { pendingOrder } from "./orders/order-record.fixture.ts";
import { orderRows } from "./orders/order-rows.ts";
import { act, type OtherSide, openOtherSide } from "./orders/other-side.fixture.ts";
import { createShopDatabase, type ShopDatabase, silent } from "./shop.fixture.ts";

/* The worker as a process, and the other side's in this one; each reads its peer by the feed role only. */

/** For hangs only. */
const BOUND = { timeout: 20_000 };
const TOKEN = "the-services-token-of-this-test";
const role = `feed_${randomUUID().slice(0, 8)}`;
let shop: ShopDatabase;
let other: OtherSide;
let child: ChildProcess | undefined;
let stopping: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  shop = await createShopDatabase(inject("postgresUrl"));
  stopping.push(() => shop.remove());
});
afterEach(async () => {
  if (child?.exitCode === null) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  for (const stop of stopping.reverse()) await stop();
  stopping = [];
});

interface Line {
  readonly msg: string;
  readonly port?: number;
  readonly code?: string;
}

/** Starts worker.ts; `said` resolves with the first log line of which `what` is true, `exit` with the exit code. */
function start(environment: Record<string, string>) {
  const started = spawn(process.execPath, [join(import.meta.dirname, "worker.ts")], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  child = started;
  const lines: Line[] = [];
  const reader = createInterface({ input: started.stdout });
  reader.on("line", (line) => lines.push(JSON.parse(line)));
  const exit = once(started, "exit").then(([code]) => code);
  const said = async (what: (line: Line) => boolean): Promise<Line> => {
    for (;;) {
      const found = lines.find(what);
      if (found) return found;
      await Promise.race([
        once(reader, "line"),
        exit.then(() => Promise.reject(new Error(JSON.stringify(lines)))),
      ]);
    }
  };
  return { process: started, exit, said };
}

const environment = () => ({
  PORT: "0",
  DATABASE_URL: shop.url,
  SHOP_URL: "http://127.0.0.1:9",
  CARD_PROCESSOR_URL: "http://127.0.0.1:9",
  SERVICE_TOKEN: TOKEN,
});

/** The orders' peer, which stands in for the inventory's: it has no stock, so nothing comes from there. */
const peers = (url: string) => ({ ORDERS_PEER_URL: asFeed(url), INVENTORY_PEER_URL: asFeed(url) });

async function openBothSides(): Promise<void> {
  await enterMode(shop.pool, "saga");
  other = await openOtherSide(inject("postgresUrl"), shop.pool);
  stopping.push(() => other.remove());
  const admin = new Pool({ connectionString: inject("postgresUrl"), max: 1 });
  await ensureFeedRole(admin, role, "feed", 40);
  await grantFeed(shop.pool, role, "handover_feed");
  await grantFeed(other.pool, role, "handover_feed");
  // First in the list, so the last to go: a role goes only after the databases that grant it something.
  stopping.unshift(async () => {
    await admin.query(`DROP ROLE ${role}`);
    await admin.end();
  });
}

function asFeed(url: string): string {
  const feed = new URL(url);
  feed.username = role;
  feed.password = "feed";
  return feed.href;
}

/** The other side's worker. */
async function startOther(): Promise<void> {
  const peerUrl = asFeed(shop.url);
  const peer = new Pool({ connectionString: peerUrl, max: 4 });
  const common = { random: Math.random, pollMs: 200 };
  const log = createEmbeddedLog({ ...common, own: other.pool, peer, peerUrl, log: silent });
  const stop = await startWorker({
    ...common,
    inbox: { capability: ordersCapability(orderRows), own: other.pool, peer: peerOutbox(peer), batch: 50 },
    ownUrl: other.url,
    log,
    retainMs: 0,
    holder: randomUUID(),
    logger: silent,
    now: Date.now,
  });
  stopping.push(async () => {
    await stop();
    await log.close();
    await peer.end();
  });
}

/** Card processor and inventory in one: every charge stands, and every reservation is as it is asked to be. */
async function openPartners(asked: string[]): Promise<string> {
  const server: Server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(`${request.method} ${path.replace(/[0-9a-f-]{36}/g, ":id")}`);
    const isInventory = path.startsWith("/internal/");
    if (isInventory && request.headers[HEADERS.service] !== TOKEN) response.statusCode = 404;
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify(
        isInventory
          ? { id: "reservation", sku: "sku-1", quantity: 2, state: "confirmed", expiresAt: null }
          : { id: path.split("/")[2], status: "charged" },
      ),
    );
  });
  const port = await listen(server, 0);
  stopping.push(() => close(server, 0));
  return `http://127.0.0.1:${port}`;
}

test("a write arrives at the other side; its slot goes over and back, and what was written there arrives here", async () => {
  await openBothSides();
  const worker = start({ ...environment(), ...peers(other.url) });
  const { port } = await worker.said((line) => line.port !== undefined);
  await startOther();
  expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
  await expect.poll(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);

  const here = createOrderStore(shop.pool, orderRows);
  const there = createOrderStore(other.pool, orderRows);
  const customerId = randomUUID();
  const key = { principal: customerId, route: "POST /api/orders", key: "k", bodyHash: "h" };
  // Of this moment, so that nobody resumes it yet.
  const asked = {
    ...pendingOrder(randomUUID(), customerId),
    placedAt: new Date().toISOString(),
    request: key,
  };
  const opened = await here.open(asked, key, 0);
  if (opened.kind !== "opened") throw new Error(opened.kind);
  const { order } = opened;
  await expect.poll(() => there.find(order.id), BOUND).toEqual(order);

  const slot = orderSlot(customerId);
  await handOver({ capability: ORDERS, slot, from: shop.pool, to: other.pool }, act, 10);
  const close = () => there.close(order, { placed: true }, checkoutResponse);
  await expect.poll(async () => (await close()).kind, BOUND).toBe("closed");
  const placed: OrderRecord = {
    ...order,
    status: "placed",
    payment: { ...order.payment, status: "charged" },
  };
  await expect.poll(() => here.find(order.id), BOUND).toEqual(placed);
  // The key came along, with the answer that the other side gave.
  expect(await here.answerOf(customerId, key)).toEqual({ response: checkoutResponse(placed) });

  await handOver({ capability: ORDERS, slot, from: other.pool, to: shop.pool }, act, 10);
  const cancel = () => here.beginCancel(placed, new Date()).catch((error: { code: string }) => error.code);
  await expect.poll(cancel, BOUND).toMatchObject({ status: "cancelling" });
  await expect.poll(async () => (await there.find(order.id))?.status, BOUND).toBe("cancelling");

  worker.process.kill("SIGTERM");
  expect(await worker.exit).toBe(0);
});

test("an order that was left unfinished is finished: its charge stands, so its pieces are confirmed", async () => {
  await openBothSides();
  const customerId = randomUUID();
  const opened = await createOrderStore(shop.pool, orderRows).open(
    pendingOrder(randomUUID(), customerId),
    undefined,
    0,
  );
  if (opened.kind !== "opened") throw new Error(opened.kind);
  const asked: string[] = [];
  const partners = await openPartners(asked);
  start({
    ...environment(),
    ...peers(other.url),
    SHOP_URL: partners,
    CARD_PROCESSOR_URL: partners,
  });
  await expect
    .poll(async () => (await orderRows.find(shop.pool, opened.order.id))?.status, BOUND)
    .toBe("placed");
  expect(asked).toEqual([
    "GET /charges/:id-payment",
    "PUT /internal/inventory/sku-1/reservations/:id-1/confirmation",
  ]);
  const { rows } = await shop.pool.query("SELECT order_id FROM cart_ordered");
  expect(rows).toEqual([{ order_id: opened.order.id }]);
});

test("without the peer's address the environment is broken, and before the shop's first saga there is nothing to follow", async () => {
  const nowhere = start(environment());
  const { msg, code } = await nowhere.said((line) => line.code !== undefined);
  expect([code, await nowhere.exit]).toEqual(["BYN-CONFIG-001", 2]);
  expect(msg).toContain("ORDERS_PEER_URL");
  const early = start({ ...environment(), ORDERS_PEER_URL: shop.url, INVENTORY_PEER_URL: shop.url });
  expect((await early.said((line) => line.code !== undefined)).code).toBe("BYN-SHOP-033");
  expect(await early.exit).toBe(1);
});
