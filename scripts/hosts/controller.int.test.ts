import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ControllerStatus } from "@banyan/controller/reconcile/controller.ts";
import { createInventoryDatabase } from "@banyan/inventory/inventory-database.fixture.ts";
import { stockRows as extractedStock } from "@banyan/inventory/stock/stock-rows.ts";
import { stockRows as monolithStock } from "@banyan/monolith/inventory/stock-rows.ts";
import { enterMode } from "@banyan/monolith/orders/checkout-mode.ts";
import { orderRows as monolithOrders } from "@banyan/monolith/orders/order-rows.ts";
import { LAST_DRAWN_DAY } from "@banyan/monolith/seed/calendar.ts";
import { fill } from "@banyan/monolith/seed/fill.ts";
import { createShopDatabase } from "@banyan/monolith/shop.fixture.ts";
import { orderRows as extractedOrders } from "@banyan/orders/orders/order-rows.ts";
import { createOrdersDatabase, createTestDatabase } from "@banyan/orders/orders-database.fixture.ts";
import type { OwnedCapability } from "@banyan/platform/handover/capability.ts";
import { reconcileSlot } from "@banyan/platform/handover/reconcile/reconcile-slot.ts";
import { until } from "@banyan/platform/log/sample.ts";
import { inventoryCapability } from "@banyan/shop/inventory/inventory-capability.ts";
import { ordersCapability } from "@banyan/shop/orders/orders-capability.ts";
import type { Pool } from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { type Host, startHost } from "./host.fixture.ts";

/* The process as the stack starts it, on both sides' real tables; nobody else runs, so it fills and drains by itself. */

interface Database {
  readonly url: string;
  readonly pool: Pool;
  remove(): Promise<void>;
}

const ends: (() => Promise<unknown>)[] = [];
let shop: Database;
let own: Database;
let folder: string;

beforeEach(async () => {
  shop = await kept(createShopDatabase(inject("postgresUrl")));
  await fill(shop.pool, { seed: 1, products: 60, customers: 80, orders: 200 }, LAST_DRAWN_DAY);
  own = await kept(createTestDatabase(inject("postgresUrl"), "controller_test", []));
  folder = await mkdtemp(join(tmpdir(), "banyan-controller-"));
  ends.push(() => rm(folder, { recursive: true }));
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function kept(making: Promise<Database>): Promise<Database> {
  const made = await making;
  ends.push(() => made.remove());
  return made;
}

/** The host, by these percentages, once it listens; and what its `/status` says. */
async function start(
  databases: { readonly orders: Database; readonly inventory: Database },
  percentages: { readonly orders: number; readonly inventory: number },
): Promise<{ readonly host: Host; readonly status: () => Promise<ControllerStatus> }> {
  const file = join(folder, "banyan.yaml");
  await writeFile(
    file,
    `upstreams:
  monolith: { url: http://127.0.0.1:9 }
  orders: { url: http://127.0.0.1:9 }
identity: [{ header: x-user }]
capabilities:
  orders:
    upstream: orders
    writes: owned
    slotKey: { header: x-user }
    routes: [GET /api/orders]
    percentage: ${percentages.orders}
  inventory:
    upstream: orders
    writes: owned
    slotKey: { param: sku }
    routes: [GET /api/inventory/:sku]
    percentage: ${percentages.inventory}
`,
  );
  const host = startHost("controller.ts", {
    PORT: "0",
    CONTROLLER_DATABASE_URL: own.url,
    MONOLITH_DATABASE_URL: shop.url,
    ORDERS_DATABASE_URL: databases.orders.url,
    INVENTORY_DATABASE_URL: databases.inventory.url,
    BANYAN_CONFIG: file,
    BANYAN_FLAGS_BACKUP: join(folder, "flags"),
    BANYAN_LEDGER: join(folder, "ledger.jsonl"),
  });
  ends.push(() => host.stop());
  const { port } = await host.said((line) => line.port !== undefined);
  const ask = async () =>
    (await fetch(`http://127.0.0.1:${port}/status`)).json() as Promise<ControllerStatus>;
  return { host, status: ask };
}

async function owning(
  status: () => Promise<ControllerStatus>,
  owned: Readonly<Record<string, number>>,
): Promise<void> {
  await until(`the extracted sides own ${JSON.stringify(owned)}`, async () => {
    const { capabilities } = await status();
    return Object.entries(owned).every(([name, slots]) =>
      capabilities.some(
        (one) => one.capability === name && one.owned === slots && one.inHand === 0 && one.lag === 0,
      ),
    );
  });
}

/** Every slot 1…`slots` has the same rows at both sides. */
async function sameAtBoth<Change>(
  extracted: Pool,
  of: { readonly monolith: OwnedCapability<Change>; readonly extracted: OwnedCapability<Change> },
  slots: number,
): Promise<void> {
  const owner = { pool: extracted, capability: of.extracted };
  const copy = { pool: shop.pool, capability: of.monolith };
  const kinds: string[] = [];
  for (let slot = 1; slot <= slots; slot++) kinds.push((await reconcileSlot({ owner, copy, slot })).kind);
  expect(kinds).toEqual(kinds.map(() => "equal"));
}

test("it hands orders and stock over by what the file says, and back by another process with another file", async () => {
  await enterMode(shop.pool, "saga");
  const orders = await kept(createOrdersDatabase(inject("postgresUrl"), false));
  const inventory = await kept(createInventoryDatabase(inject("postgresUrl")));
  const first = await start({ orders, inventory }, { orders: 5, inventory: 3 });
  await owning(first.status, { orders: 5, inventory: 3 });
  const { rows } = await orders.pool.query<{ orders: number }>(
    "SELECT count(*)::int AS orders FROM shop_order",
  );
  expect(rows[0]?.orders).toBeGreaterThan(0);
  await sameAtBoth(
    orders.pool,
    { monolith: ordersCapability(monolithOrders), extracted: ordersCapability(extractedOrders) },
    5,
  );
  await sameAtBoth(
    inventory.pool,
    { monolith: inventoryCapability(monolithStock), extracted: inventoryCapability(extractedStock) },
    3,
  );
  expect(await first.host.stop()).toBe(0);
  const second = await start({ orders, inventory }, { orders: 2, inventory: 0 });
  await owning(second.status, { orders: 2, inventory: 0 });
});

test("it waits for what is not there yet: a side without tables, and a shop that has opened nothing", async () => {
  const orders = await kept(createTestDatabase(inject("postgresUrl"), "orders_test", []));
  const inventory = await kept(createInventoryDatabase(inject("postgresUrl")));
  const { status } = await start({ orders, inventory }, { orders: 5, inventory: 5 });
  await until("it has looked", async () => (await status()).unopened.length === 2);
  await enterMode(shop.pool, "saga");
  await owning(status, { inventory: 5 });
  expect(await status()).toMatchObject({ halted: [], unopened: ["orders"] });
});
