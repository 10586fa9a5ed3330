import type { Controller } from "@banyan/controller/reconcile/controller.ts";
import type { TestDatabase } from "@banyan/orders/orders-database.fixture.ts";
import { currentToken } from "@banyan/platform/handover/act/current-token.ts";
import { fillSlots } from "@banyan/platform/handover/fill/fill-slots.ts";
import { readSlots } from "@banyan/platform/handover/slot/slot-row.ts";
import { until } from "@banyan/platform/log/sample.ts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { type Buyers, startBuyers } from "./buyers.ts";
import { controllerDatabase, type Intent, level, owned, startControl } from "./control.ts";
import { freeSkus, slotOfSku } from "./people.ts";
import { act, type Both, openWholeShop, type WholeShop } from "./whole-shop.ts";

/* Taken back from every stage, while people buy: nothing is lost, nothing doubled, and both sides end alike. */

const SOME = 30;
/** Of customers: below, at and above what `SOME` moves. */
const SLOTS = [1, 30, 31, 100];
/** So many copies are not filled yet. */
const UNFILLED = 30;

let shop: WholeShop;
let own: TestDatabase;
let things: { skus: string[]; counted: string };
let intent: Intent;
let controller: Controller | undefined;
let buyers: Buyers | undefined;

beforeAll(async () => {
  shop = await openWholeShop(inject("postgresUrl"));
  own = await controllerDatabase(inject("postgresUrl"), shop);
  for (const name of ["monolith", "orders", "inventory"] as const) await shop.work(name);
  const skus = await freeSkus(shop);
  const below = skus.filter((sku) => slotOfSku(sku) <= SOME);
  const above = skus.filter((sku) => slotOfSku(sku) > SOME);
  things = { skus: [...below.slice(0, 2), ...above.slice(0, 2)], counted: below[2] ?? "" };
});
beforeEach(async () => {
  await shop.cards.clear();
  intent = { orders: 0, inventory: 0 };
  controller = startControl(shop, { own, intent });
});
afterEach(async () => {
  await buyers?.stop();
  buyers = undefined;
  await controller?.stop();
});
afterAll(() => shop?.stop());

async function peopleBuy(): Promise<void> {
  buyers = await startBuyers(shop, SLOTS, things);
}

/** Everybody goes on buying for a while, then all is counted. */
async function expectAsItWas(): Promise<void> {
  await buyers?.bought(1);
  await buyers?.stop();
  await owned(shop.orders, 0);
  await owned(shop.stock, 0);
  await level(shop.orders);
  await level(shop.stock);
  await buyers?.expectNothingLost();
}

/** Some of the extracted side's copies, as they were before the first fill. */
async function empty<Change>({ extracted }: Both<Change>): Promise<void> {
  const { pool, capability } = extracted;
  const some = "UPDATE handover.slot SET state = 'empty' WHERE capability = $1 AND slot <= $2 AND NOT owner";
  expect((await pool.query(some, [capability.name, UNFILLED])).rowCount).toBe(UNFILLED);
}

/** Fills the copies, by hand beside the controller; breaks off once `slots` are done. */
async function fillCopies<Change>({ monolith, extracted }: Both<Change>, slots = UNFILLED): Promise<number> {
  const broken = new AbortController();
  const { filled } = await fillSlots({
    owner: monolith,
    copy: extracted,
    act: { ...act, token: await currentToken(extracted.pool) },
    signal: broken.signal,
    onProgress: ({ slotsDone }) => {
      if (slotsDone >= slots) broken.abort();
    },
  });
  return filled;
}

test("from sync, with a fill that is broken off and taken up again", async () => {
  await peopleBuy();
  await empty(shop.orders);
  await empty(shop.stock);
  const half = UNFILLED / 2;
  expect(await fillCopies(shop.orders, half)).toBe(half);
  expect(await fillCopies(shop.stock, half)).toBe(half);
  await buyers?.bought(1);
  await owned(shop.orders, 0);
  await owned(shop.stock, 0);
  expect(await fillCopies(shop.orders)).toBe(half);
  expect(await fillCopies(shop.stock)).toBe(half);
  await expectAsItWas();
});

test.each([
  ["some slots", { orders: SOME, inventory: SOME }],
  ["all slots of orders", { orders: 100, inventory: 0 }],
  ["all slots of orders, and of stock", { orders: 100, inventory: 100 }],
])("from %s at the extracted sides", async (_what, stage) => {
  Object.assign(intent, stage);
  await owned(shop.orders, stage.orders);
  await owned(shop.stock, stage.inventory);
  await peopleBuy();
  await buyers?.bought(1);
  Object.assign(intent, { orders: 0, inventory: 0 });
  await owned(shop.orders, 0);
  await owned(shop.stock, 0);
  await expectAsItWas();
});

test("from the middle of the way up: the flags go down while slots are on their way", async () => {
  await peopleBuy();
  Object.assign(intent, { orders: 100, inventory: 100 });
  await until("some have arrived and some have not", async () => {
    const rows = await readSlots(shop.orders.extracted.pool, "orders");
    const there = rows.filter(({ owner }) => owner).length;
    return there >= 10 && there < 90;
  });
  Object.assign(intent, { orders: 0, inventory: 0 });
  await expectAsItWas();
});
