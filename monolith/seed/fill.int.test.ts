import type { Pool } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createShopDatabase, type ShopDatabase } from "../shop.fixture.ts";
import { fill } from "./fill.ts";

const NUMBERS = { seed: 7, products: 1_200, customers: 20 };
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
           (SELECT md5(string_agg(c::text, E'\\n' ORDER BY id)) FROM customer c) AS customer`);
  return rows[0];
}

test("two databases seeded with the same numbers hold the same rows, and no outbox row", async () => {
  expect(await fill(first.pool, NUMBERS)).toEqual({ filled: true, categories: 40 });
  await fill(second.pool, NUMBERS);
  expect(await fingerprint(first.pool)).toMatchObject({ products: 1_200, customers: 21 });
  expect(await fingerprint(second.pool)).toEqual(await fingerprint(first.pool));
  const { rows } = await first.pool.query("SELECT count(*)::int, max(seq)::int AS seq FROM feed.slot");
  expect(rows).toEqual([{ count: 100, seq: 0 }]);
});

test("a second run with the same numbers does nothing, also after edits", async () => {
  await first.pool.query("UPDATE product SET name = 'Edited' WHERE popularity = 1000000");
  const before = await fingerprint(first.pool);
  expect(await fill(first.pool, NUMBERS)).toMatchObject({ filled: false });
  expect(await fingerprint(first.pool)).toEqual(before);
});

test("other numbers are refused, and nothing is changed", async () => {
  const before = await fingerprint(first.pool);
  await expect(fill(first.pool, { ...NUMBERS, products: 10 })).rejects.toMatchObject({
    code: "BYN-SHOP-010",
    detail: "it was seeded with SEED=7 PRODUCTS=1200 CUSTOMERS=20",
  });
  expect(await fingerprint(first.pool)).toEqual(before);
});

test("two seeds at the same time fill it once", async () => {
  const database = await createShopDatabase(inject("postgresUrl"));
  const numbers = { seed: 1, products: 40, customers: 1 };
  const results = await Promise.all([fill(database.pool, numbers), fill(database.pool, numbers)]);
  expect(results.map(({ filled }) => filled).sort()).toEqual([false, true]);
  await database.remove();
});
