import { createServer } from "node:http";
import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import { drain } from "@banyan/platform/handover/inbox/deliver.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import { readSlot } from "@banyan/platform/handover/slot/slot-row.ts";
import { createWorkerApp } from "@banyan/platform/handover/worker-app.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { inventoryCapability } from "@banyan/shop/inventory/inventory-capability.ts";
import { stockSlot } from "@banyan/shop/inventory/slot.ts";
import { createStockStore } from "@banyan/shop/inventory/stock-store.ts";
import { afterEach, beforeEach, expect, inject, test, vi } from "vitest";
import {
  createInventoryDatabase,
  type InventoryDatabase,
  ownAll,
  silent,
  skuNumber,
} from "./inventory-database.fixture.ts";
import { openInventory } from "./open-inventory.ts";
import { stockRows } from "./stock/stock-rows.ts";
import { startSync } from "./sync/sync.ts";

/* The other side stands in by the same tables, with all that is not owned here owned there. */

const HANGS = { timeout: 20_000, interval: 20 };
const SKU = skuNumber(1);
const SLOT = stockSlot(SKU);
const OWN_SKU = (() => {
  for (let n = 2; ; n++) if (stockSlot(skuNumber(n)) !== SLOT) return skuNumber(n);
})();

let own: InventoryDatabase;
let peer: InventoryDatabase;
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  own = await createInventoryDatabase(inject("postgresUrl"));
  peer = await createInventoryDatabase(inject("postgresUrl"));
  await ownAll(own.pool, [SLOT]);
  await ownAll(
    peer.pool,
    Array.from({ length: 102 }, (_, n) => n + 1).filter((slot) => slot !== SLOT),
  );
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  await own.remove();
  await peer.remove();
});

async function start(): Promise<string> {
  const inventory = await openInventory(own.url, "inventory worker", silent);
  stops.push(() => inventory.close());
  const sync = await startSync({ DATABASE_URL: own.url, PEER_DATABASE_URL: peer.url }, inventory, silent);
  stops.push(() => sync.stop());
  const server = createServer(createWorkerApp({ ...sync, pool: inventory.pool, log: silent }));
  const port = await listen(server, 0);
  stops.push(() => close(server, 100));
  return `http://127.0.0.1:${port}`;
}

async function onHand(database: InventoryDatabase, sku: string): Promise<number | undefined> {
  const { rows } = await database.pool.query<{ on_hand: number }>(
    "SELECT on_hand FROM stock WHERE sku = $1",
    [sku],
  );
  return rows[0]?.on_hand;
}

test("what the other side writes comes here, and what is written here can be had there", async () => {
  await start();
  await createStockStore(peer.pool, stockRows, Date.now).set(SKU, 9);
  await vi.waitFor(async () => expect(await onHand(own, SKU)).toBe(9), HANGS);
  await createStockStore(own.pool, stockRows, Date.now).set(OWN_SKU, 4);
  await vi.waitFor(async () => {
    const { rows } = await own.pool.query("SELECT FROM handover.sent WHERE slot = $1 AND seq = 1", [
      stockSlot(OWN_SKU),
    ]);
    expect(rows.length).toBe(1);
  }, HANGS);
  const capability = inventoryCapability(stockRows);
  const inbox = { capability, own: peer.pool, peer: peerOutbox(own.pool), batch: 10 };
  expect(await drain(inbox, stockSlot(OWN_SKU))).toMatchObject({ applied: 1 });
  expect(await onHand(peer, OWN_SKU)).toBe(4);
});

test("what was reserved and never bought is given back where the slot is owned, and not from a copy", async () => {
  const past = new Date(Date.now() - 1_000).toISOString();
  const [here, there] = [own, peer].map(({ pool }) => createStockStore(pool, stockRows, Date.now));
  await there?.set(SKU, 5);
  await there?.reserve(SKU, "theirs-1", { quantity: 2, expiresAt: past });
  await here?.set(OWN_SKU, 5);
  await here?.reserve(OWN_SKU, "mine-1", { quantity: 2, expiresAt: past });
  await start();
  await vi.waitFor(async () => expect(await onHand(own, OWN_SKU)).toBe(5), HANGS);
  await vi.waitFor(async () => expect(await onHand(own, SKU)).toBe(3), HANGS);
  expect((await readSlot(own.pool, INVENTORY, SLOT)).seq).toBe(2);
});

test("it is ready while it reads and writes, and not without the other side's database", async () => {
  const origin = await start();
  await vi.waitFor(async () => expect((await fetch(`${origin}/readyz`)).status).toBe(200), HANGS);
  expect(await (await fetch(`${origin}/readyz`)).json()).toMatchObject({
    status: "ready",
    slots: { owned: 101, following: 1 },
  });
  await peer.pool.query("ALTER SCHEMA handover_feed RENAME TO away");
  await vi.waitFor(async () => {
    const answer = await fetch(`${origin}/readyz`);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, "BYN-DATA-009"]);
  }, HANGS);
  await peer.pool.query("ALTER SCHEMA away RENAME TO handover_feed");
  await vi.waitFor(async () => expect((await fetch(`${origin}/readyz`)).status).toBe(200), HANGS);
  expect((await fetch(`${origin}/livez`)).status).toBe(200);
});
