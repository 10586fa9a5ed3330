import type { Move } from "@banyan/controller/decide/plan-moves.ts";
import type { Controlled } from "@banyan/controller/reconcile/controlled.ts";
import { controlled } from "@banyan/controller/reconcile/controlled.ts";
import type { Controller } from "@banyan/controller/reconcile/controller.ts";
import type { TestDatabase } from "@banyan/orders/orders-database.fixture.ts";
import type { Act } from "@banyan/platform/handover/act/act.ts";
import { currentToken } from "@banyan/platform/handover/act/current-token.ts";
import { readSlot, readSlots } from "@banyan/platform/handover/slot/slot-row.ts";
import { guardedWrite } from "@banyan/platform/handover/write/guarded-write.ts";
import { until } from "@banyan/platform/log/sample.ts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { type Buyers, startBuyers } from "./buyers.ts";
import { controllerDatabase, type Intent, level, owned, startControl } from "./control.ts";
import { expectEqual } from "./equal.ts";
import { freeSkus } from "./people.ts";
import { act, openWholeShop, type WholeShop } from "./whole-shop.ts";

/* Controllers that come late, and a handover that can't arrive; people buy all the time. */

let shop: WholeShop;
let own: TestDatabase;
let intent: Intent;
let buyers: Buyers;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  shop = await openWholeShop(inject("postgresUrl"));
  own = await controllerDatabase(inject("postgresUrl"), shop);
  for (const name of ["monolith", "inventory"] as const) await shop.work(name);
});
beforeEach(async () => {
  await shop.cards.clear();
  intent = { orders: 0, inventory: 0 };
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => shop?.stop());

async function peopleBuy(slots: readonly number[]): Promise<void> {
  const [counted = "", ...skus] = (await freeSkus(shop)).slice(0, 3);
  buyers = await startBuyers(shop, slots, { skus, counted });
  ends.push(() => buyers.stop());
}

function start(options: Partial<Parameters<typeof startControl>[1]> = {}): Controller {
  const controller = startControl(shop, { own, intent, ...options });
  ends.push(() => controller.stop());
  return controller;
}

const rowsOf = async (slot: number) => [
  await readSlot(shop.orders.monolith.pool, "orders", slot),
  await readSlot(shop.orders.extracted.pool, "orders", slot),
];

test("a controller that wakes up after the rollback of a later one does nothing: its token is old, and its epoch", async () => {
  ends.push(await shop.work("orders"));
  await peopleBuy([1, 4, 50]);
  const asleep = Promise.withResolvers<{ readonly move: Move; readonly act: Act }>();
  const awake = Promise.withResolvers<void>();
  const came = Promise.withResolvers<unknown>();
  ends.push(async () => awake.resolve());
  const sleepy = (kept: Controlled): Controlled => ({
    ...kept,
    take: async (move, by) => {
      if (kept.name !== "orders" || move.do !== "hand-over" || move.slot !== 4) return kept.take(move, by);
      asleep.resolve({ move, act: by });
      await awake.promise;
      const done = kept.take(move, by);
      done.then(() => came.resolve("it acted"), came.resolve);
      return done;
    },
  });
  intent.orders = 4;
  const old = start({ leaseMs: 1_000, around: sleepy });
  const { move, act: oldAct } = await asleep.promise;
  await owned(shop.orders, 3);

  const back: Intent = { orders: 0, inventory: 0 };
  const next = start({ intent: back });
  await until("the later one acts", () => next.status().state === "acting");
  await owned(shop.orders, 0);
  await buyers.bought(1);
  await buyers.stop();
  await level(shop.orders);

  const before = await readSlots(shop.orders.monolith.pool, "orders");
  awake.resolve();
  expect(await came.promise).toMatchObject({ code: "BYN-DATA-022" });
  await until("it has heard", () => old.status().state === "waiting");
  // Nor would anything else that it may have had in mind, of which each is possible as the rows are.
  const orders = controlled(shop.orders);
  const others: readonly Move[] = [
    { do: "hand-over", slot: 1, from: "monolith", epoch: (await rowsOf(1))[0]?.epoch ?? 0 },
    { do: "hand-over", slot: 50, from: "monolith", epoch: 1 },
  ];
  for (const other of others) {
    await expect(orders.take(other, oldAct)).rejects.toMatchObject({ code: "BYN-DATA-022" });
  }
  expect(await readSlots(shop.orders.monolith.pool, "orders")).toEqual(before);
  // With a token as good as any, what it knew of slot 1 is two epochs old.
  const stale: Move = { do: "hand-over", slot: 1, from: "monolith", epoch: 1 };
  const goodAct = { ...act, token: await currentToken(shop.orders.monolith.pool) };
  await expect(orders.take(stale, goodAct)).rejects.toMatchObject({ code: "BYN-DATA-023" });
  expect(await readSlots(shop.orders.monolith.pool, "orders")).toEqual(before);
  expect(move).toMatchObject({ slot: 4, from: "monolith" });
  await buyers.expectNothingLost();
});

test("a handover that a bad event stops is taken back, and made again, while people buy", async () => {
  const SLOT = 3;
  await level(shop.orders);
  await peopleBuy([SLOT, 50]);
  const [first] = await rowsOf(SLOT);
  // Nobody applies it yet: the extracted orders' worker does not run.
  await guardedWrite(shop.orders.monolith.pool, { capability: "orders", slot: SLOT }, async () => ({
    changes: [{ type: "order-forgotten" }],
    response: null,
  }));
  start();
  intent.orders = SLOT;
  await until("it was given away", async () => (await rowsOf(SLOT))[0]?.owner === false);
  const givenAway = (await rowsOf(SLOT))[0]?.epoch ?? 0;
  expect(givenAway).toBe((first?.epoch ?? 0) + 1);
  intent.orders = 0; // who sees it stuck takes the flag back
  await until("the monolith has it back", async () => (await rowsOf(SLOT))[0]?.owner === true);
  const [monolith, extracted] = await rowsOf(SLOT);
  expect([monolith?.epoch, extracted?.owner]).toEqual([givenAway + 1, false]);
  await owned(shop.orders, 0);
  await buyers.bought(1);

  ends.push(await shop.work("orders"));
  intent.orders = SLOT;
  await owned(shop.orders, SLOT);
  await buyers.bought(1);
  await buyers.stop();
  await level(shop.orders);
  expect(await expectEqual(shop.orders, SLOT)).toBe("extracted");
  await buyers.expectNothingLost();
});
