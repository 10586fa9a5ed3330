import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import { ORDERS } from "@banyan/contracts/events/orders.ts";
import { BestSellersReport, SalesReport, StockReport } from "@banyan/contracts/http/reports.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { openOwned, setSlot } from "../owned.fixture.ts";
import { codeOf, createShopDatabase, openShop, type Shop, type ShopDatabase } from "../shop.fixture.ts";
import { browserOf } from "../storefront/browser.fixture.ts";
import type { ReportPeers } from "./copies.ts";

const RANGE = "from=2018-01-01&to=2026-12-31";

let shop: Shop;
/** The other side: only its slots are asked for. */
let other: ShopDatabase;
let known: ReportPeers;
/** What the shop under test may ask; tests change it. */
let peers: ReportPeers;

beforeAll(async () => {
  other = await createShopDatabase(inject("postgresUrl"));
  await openOwned(other.pool, ORDERS, INVENTORY);
  known = { [ORDERS]: peerOutbox(other.pool), [INVENTORY]: peerOutbox(other.pool) };
  const asked: ReportPeers = {
    get [ORDERS]() {
      return peers[ORDERS];
    },
    get [INVENTORY]() {
      return peers[INVENTORY];
    },
  };
  shop = await openShop(inject("postgresUrl"), { orders: 200, owned: { peers: asked } });
  await openOwned(shop.pool, ORDERS, INVENTORY);
});
afterAll(async () => {
  await shop.stop();
  await other.remove();
});
beforeEach(async () => {
  peers = known;
  for (const { pool } of [shop, other]) {
    await pool.query("UPDATE handover.slot SET owner = true, seq = 0, state = 'following'");
  }
});

const ask = (path: string) => shop.ask(`/api/admin/reports/${path}`, { cookie: shop.admin });
const sales = async () => SalesReport.parse(await (await ask(`sales?${RANGE}`)).json());
const bestSellers = async (from = RANGE) =>
  BestSellersReport.parse(await (await ask(`best-sellers?${from}`)).json());
const stock = async () => StockReport.parse(await (await ask("stock")).json());

/** Slot 7 of the orders and 9 of the stock are the other side's: 3 and 4 changes ahead of the copies here. */
async function followed(): Promise<void> {
  await setSlot(shop.pool, [ORDERS, 7], { owner: false, seq: 10 });
  await setSlot(other.pool, [ORDERS, 7], { owner: true, seq: 13 });
  await setSlot(shop.pool, [INVENTORY, 9], { owner: false, seq: 20 });
  await setSlot(other.pool, [INVENTORY, 9], { owner: true, seq: 24 });
}

describe("how far the figures are behind", () => {
  test("is nothing while all slots are this side's, and nobody is asked", async () => {
    await setSlot(other.pool, [ORDERS, 7], { owner: true, seq: 1_000 });
    const refuse = { heads: () => Promise.reject(new Error("asked all the same")) };
    peers = { [ORDERS]: refuse, [INVENTORY]: refuse };
    expect([(await sales()).lag, (await bestSellers()).lag, (await stock()).lag]).toEqual([0, 0, 0]);
  });

  test("is read from the owner's slots: of the orders, and for the stock of both", async () => {
    await followed();
    expect([(await sales()).lag, (await bestSellers()).lag, (await stock()).lag]).toEqual([3, 3, 7]);
  });

  test("counts only what is not here: a slot in hand is ahead of its next owner", async () => {
    await setSlot(shop.pool, [ORDERS, 7], { owner: false, seq: 14 });
    await setSlot(other.pool, [ORDERS, 7], { owner: false, seq: 13 });
    expect((await sales()).lag).toBe(0);
  });

  test.each<[string, ReportPeers]>([
    ["no peer is known", {}],
    ["the peer is away", { [ORDERS]: { heads: () => Promise.reject(new Error("away")) } }],
  ])("is not known when %s; the figures are there all the same", async (_what, given) => {
    await followed();
    peers = given;
    const { lag, total } = await sales();
    expect(lag).toBe(null);
    expect(total.orders).toBeGreaterThan(100);
  });
});

describe("a slot that is neither owned nor followed", () => {
  test.each(["filling", "empty"] as const)("(%s) makes the reports of orders unavailable", async (state) => {
    await setSlot(shop.pool, [ORDERS, 41], { owner: false, state });
    for (const path of [`sales?${RANGE}`, `best-sellers?${RANGE}`, "stock"]) {
      const answer = await ask(path);
      expect([answer.status, await codeOf(answer)]).toEqual([503, "BYN-SHOP-035"]);
    }
  });

  test("of the stock concerns the report of the stock alone", async () => {
    await setSlot(shop.pool, [INVENTORY, 41], { owner: false, state: "empty" });
    expect([(await ask(`sales?${RANGE}`)).status, (await ask("stock")).status]).toEqual([200, 503]);
  });

  test("does not matter where it is for rehearsals: no order hashes to it", async () => {
    await setSlot(shop.pool, [ORDERS, 102], { owner: false, state: "empty" });
    expect((await ask(`sales?${RANGE}`)).status).toBe(200);
  });
});

describe("the pages for admins", () => {
  const show = async (path: string) => {
    const visitor = browserOf(shop);
    visitor.cookies.set("session", shop.admin.replace("session=", ""));
    return (await visitor.go(path)).text;
  };

  test("say how far the figures are behind, that it is not known, or nothing", async () => {
    const pages = [`/admin?${RANGE}`, "/admin/stock"];
    for (const page of pages) expect(await show(page)).not.toContain("Another service");
    await followed();
    expect(await show(pages[0] ?? "")).toContain("these figures are 3 changes behind it");
    expect(await show(pages[1] ?? "")).toContain("these figures are 7 changes behind it");
    peers = {};
    for (const page of pages) expect(await show(page)).toContain("is not known just now");
  });

  test("say that the figures can't be had while a slot is not followed", async () => {
    await setSlot(shop.pool, [ORDERS, 41], { owner: false, state: "empty" });
    expect(await show("/admin")).toContain("BYN-SHOP-035");
  });
});

test("an order counts once it is placed; one being cancelled is cancelled; the others count nowhere", async () => {
  // What the table allows is the orders' business; here it is what the reports make of it.
  await shop.pool.query(
    `DO $$ DECLARE rule name; BEGIN
       FOR rule IN SELECT conname FROM pg_constraint WHERE conrelid = 'shop_order'::regclass AND contype = 'c' LOOP
         EXECUTE format('ALTER TABLE shop_order DROP CONSTRAINT %I', rule);
       END LOOP;
     END $$`,
  );
  const { rows } = await shop.pool.query<{ id: string; pieces: number }>(
    `SELECT o.id, sum(l.quantity)::int AS pieces FROM shop_order o JOIN order_line l ON l.order_id = o.id
     WHERE o.status = 'placed' GROUP BY o.id ORDER BY o.id LIMIT 4`,
  );
  // On a day of their own, one of each status.
  for (const [n, status] of ["placed", "pending", "failed", "cancelling"].entries()) {
    await shop.pool.query(
      "UPDATE shop_order SET status = $2, cancelled_at = $3, placed_at = '2001-05-05T12:00:00Z' WHERE id = $1",
      [rows[n]?.id, status, status === "cancelling" ? new Date() : null],
    );
  }
  const day = "from=2001-05-05&to=2001-05-05";
  const { total } = SalesReport.parse(await (await ask(`sales?${day}`)).json());
  expect(total).toMatchObject({ orders: 1, cancelled: 1, pieces: rows[0]?.pieces });
  const { items } = await bestSellers(day);
  expect(items.reduce((sum, { pieces }) => sum + pieces, 0)).toBe(rows[0]?.pieces);
});
