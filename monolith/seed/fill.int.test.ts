import type { Pool } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createShopDatabase, type ShopDatabase } from "../shop.fixture.ts";
import { LAST_DRAWN_DAY } from "./calendar.ts";
import { fill } from "./fill.ts";

const NUMBERS = { seed: 7, products: 1_200, customers: 20, orders: 300 };
let first: ShopDatabase;
let second: ShopDatabase;
beforeAll(async () => {
  first = await createShopDatabase(inject("postgresUrl"));
  second = await createShopDatabase(inject("postgresUrl"));
});
afterAll(() => Promise.all([first.remove(), second.remove()]));

/** Every row of every table that the seed fills. */
async function fingerprint(pool: Pool): Promise<unknown> {
  const { rows } = await pool.query(`
    SELECT (SELECT count(*)::int FROM product) AS products, (SELECT count(*)::int FROM customer) AS customers,
           (SELECT md5(string_agg(p::text, E'\\n' ORDER BY id)) FROM product p) AS product,
           (SELECT md5(string_agg(c::text, E'\\n' ORDER BY id)) FROM category c) AS category,
           (SELECT md5(string_agg(c::text, E'\\n' ORDER BY id)) FROM customer c) AS customer,
           (SELECT count(*)::int FROM shop_order) AS orders,
           (SELECT md5(string_agg(s::text, E'\\n' ORDER BY sku)) FROM stock s) AS stock,
           (SELECT md5(string_agg(o::text, E'\\n' ORDER BY id)) FROM shop_order o) AS shop_order,
           (SELECT md5(string_agg(l::text, E'\\n' ORDER BY order_id, line)) FROM order_line l) AS order_line,
           (SELECT md5(string_agg(p::text, E'\\n' ORDER BY id)) FROM payment p) AS payment`);
  return rows[0];
}

test("two databases seeded with the same numbers hold the same rows, and no outbox row", async () => {
  expect(await fill(first.pool, NUMBERS, LAST_DRAWN_DAY)).toEqual({ filled: true, categories: 40 });
  await fill(second.pool, NUMBERS, LAST_DRAWN_DAY);
  expect(await fingerprint(first.pool)).toMatchObject({ products: 1_200, customers: 21, orders: 300 });
  expect(await fingerprint(second.pool)).toEqual(await fingerprint(first.pool));
  const { rows } = await first.pool.query("SELECT count(*)::int, max(seq)::int AS seq FROM feed.slot");
  expect(rows).toEqual([{ count: 100, seq: 0 }]);
});

test("a second run with the same numbers does nothing, also after edits and on another day", async () => {
  await first.pool.query("UPDATE product SET name = 'Edited' WHERE popularity = 1000000");
  const before = await fingerprint(first.pool);
  expect(await fill(first.pool, NUMBERS, "2027-02-02")).toMatchObject({ filled: false });
  expect(await fingerprint(first.pool)).toEqual(before);
});

test("what it orders adds up: sums, states, payments, and numbers that go on where they end", async () => {
  const { rows } = await first.pool.query(`
    SELECT (SELECT count(*)::int FROM shop_order o WHERE total_amount <>
              (SELECT sum(unit_amount * quantity) FROM order_line WHERE order_id = o.id)) AS wrong_sums,
           (SELECT count(*)::int FROM shop_order o JOIN payment p ON p.order_id = o.id
            WHERE p.amount <> o.total_amount OR (p.status = 'refunded') <> (o.status = 'cancelled')) AS wrong_payments,
           (SELECT count(*)::int FROM order_line WHERE NOT EXISTS (SELECT FROM product WHERE id = sku)) AS unknown_skus,
           (SELECT count(*)::int FROM product WHERE NOT EXISTS (SELECT FROM stock WHERE sku = id)) AS without_stock,
           (SELECT nextval('order_number')::int) AS next`);
  expect(rows).toEqual([{ wrong_sums: 0, wrong_payments: 0, unknown_skus: 0, without_stock: 0, next: 301 }]);
});

test("a shop that was seeded before it had orders gets them, and stock for what it sells today", async () => {
  const database = await createShopDatabase(inject("postgresUrl"));
  const numbers = { seed: 1, products: 40, customers: 3, orders: 12 };
  await fill(database.pool, numbers, LAST_DRAWN_DAY);
  const whole = await fingerprint(database.pool);
  await database.pool.query(
    "TRUNCATE stock, shop_order, order_line, payment; UPDATE seeding SET orders = NULL",
  );
  expect(await fill(database.pool, numbers, LAST_DRAWN_DAY)).toMatchObject({ filled: true });
  expect(await fingerprint(database.pool)).toEqual(whole);
  expect(await fill(database.pool, numbers, LAST_DRAWN_DAY)).toMatchObject({ filled: false });
  await database.remove();
});

test("other numbers are refused, and nothing is changed", async () => {
  const before = await fingerprint(first.pool);
  await expect(fill(first.pool, { ...NUMBERS, products: 10 }, LAST_DRAWN_DAY)).rejects.toMatchObject({
    code: "BYN-SHOP-010",
    detail: "it was seeded with SEED=7 PRODUCTS=1200 CUSTOMERS=20 ORDERS=300",
  });
  expect(await fingerprint(first.pool)).toEqual(before);
});

test("two seeds at the same time fill it once", async () => {
  const database = await createShopDatabase(inject("postgresUrl"));
  const numbers = { seed: 1, products: 40, customers: 1, orders: 5 };
  const results = await Promise.all([
    fill(database.pool, numbers, LAST_DRAWN_DAY),
    fill(database.pool, numbers, LAST_DRAWN_DAY),
  ]);
  expect(results.map(({ filled }) => filled).sort()).toEqual([false, true]);
  await database.remove();
});
