import { AvailabilityList, StockPage } from "@banyan/contracts/http/inventory.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { newBuyer, productsInStock, setStock, stockOf } from "../orders/buying.fixture.ts";
import { codeOf, openShop, type Shop } from "../shop.fixture.ts";
import { returnStock, takeStock } from "./stock.ts";

let shop: Shop;
let skus: readonly string[];
let [first = "", second = "", third = ""]: readonly string[] = [];
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"));
  skus = await productsInStock(shop, 49, 20);
  [first = "", second = "", third = ""] = skus;
});
afterAll(() => shop.stop());

const UNKNOWN = "0190a000-0000-7000-8000-00000000abcd";

describe("what there is", () => {
  test("of one SKU is said to anyone", async () => {
    const answer = await shop.ask(`/api/inventory/${first}`);
    expect(await answer.json()).toEqual({ sku: first, available: 20 });
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  test("of several comes in the order asked for, each once, without those that nobody knows", async () => {
    const answer = await shop.ask(`/api/inventory?sku=${second}&sku=${UNKNOWN}&sku=${first}&sku=${second}`);
    const { items } = AvailabilityList.parse(await answer.json());
    expect(items.map(({ sku }) => sku)).toEqual([second, first]);
    expect(
      ((await (await shop.ask(`/api/inventory?sku=${first}`)).json()) as { items: unknown[] }).items,
    ).toHaveLength(1);
  });

  test.each([UNKNOWN, "nope", "%00", "a".repeat(4_000)])("of %s is nothing", async (sku) => {
    const answer = await shop.ask(`/api/inventory/${sku}`);
    expect([answer.status, await codeOf(answer)]).toEqual([404, "BYN-SHOP-003"]);
  });

  test("is not said for no SKU, a wrong one, or more than 48", async () => {
    const many = skus.map((sku) => `sku=${sku}`);
    expect((await shop.ask(`/api/inventory?${many.slice(0, 48).join("&")}`)).status).toBe(200);
    for (const query of ["", "?sku=", "?sku=nope", "?sku[]=a", "?page=1", `?${many.join("&")}`]) {
      const answer = await shop.ask(`/api/inventory${query}`);
      expect([answer.status, await codeOf(answer)], query).toEqual([400, "BYN-SHOP-002"]);
    }
  });
});

describe("the warehouse's books", () => {
  const books = (query: string) => shop.ask(`/api/admin/inventory${query}`, { cookie: shop.admin });

  test("list the least first, and only what there is less of, with names", async () => {
    await setStock(shop, first, 2);
    await setStock(shop, second, 1);
    const all = StockPage.parse(await (await books("?perPage=48")).json());
    expect(all.total).toBe(300);
    const onHand = all.items.map((item) => item.onHand);
    expect(onHand).toEqual([...onHand].sort((a, b) => a - b));
    const few = StockPage.parse(await (await books("?below=3&perPage=48")).json());
    expect(few.items.every((item) => item.onHand < 3)).toBe(true);
    expect(few.items.map(({ sku }) => sku).slice(-2)).toEqual([second, first]);
    const { name } = (await (await shop.ask(`/api/products/${first}`)).json()) as { name: string };
    expect(few.items.at(-1)).toMatchObject({ sku: first, name, onHand: 2 });
    expect(await (await books("?below=3&page=500")).json()).toEqual({
      items: [],
      page: 500,
      perPage: 24,
      total: few.total,
    });
  });

  test("are set by a count, to nothing too; a SKU that nobody knows has none", async () => {
    await setStock(shop, first, 0);
    expect(await stockOf(shop, first)).toBe(0);
    const answer = await shop.ask(`/api/admin/inventory/${UNKNOWN}`, {
      method: "PUT",
      cookie: shop.admin,
      body: { onHand: 1 },
    });
    expect([answer.status, await codeOf(answer)]).toEqual([404, "BYN-SHOP-003"]);
  });

  test.each([
    {},
    { onHand: -1 },
    { onHand: 1.5 },
    { onHand: 1e9 },
    { onHand: "5" },
    { onHand: 1, sku: "x" },
    [],
  ])("are not set by %j", async (body) => {
    const answer = await shop.ask(`/api/admin/inventory/${first}`, {
      method: "PUT",
      cookie: shop.admin,
      body,
    });
    expect([answer.status, await codeOf(answer)]).toEqual([400, "BYN-SHOP-002"]);
  });

  test.each(["?below=-1", "?below=x", "?page=0", "?perPage=49", "?more=1"])(
    "have no page %s",
    async (query) => {
      const answer = await books(query);
      expect([answer.status, await codeOf(answer)]).toEqual([400, "BYN-SHOP-002"]);
    },
  );

  test("are for administrators only", async () => {
    const customer = await newBuyer(shop);
    for (const [method, path] of [
      ["GET", "/api/admin/inventory"],
      ["PUT", `/api/admin/inventory/${first}`],
    ] as const) {
      const ask = (cookie: string) =>
        shop.ask(path, { method, cookie, ...(method === "PUT" ? { body: { onHand: 9 } } : {}) });
      const stranger = await ask("");
      expect([stranger.status, await codeOf(stranger)]).toEqual([401, "BYN-SHOP-005"]);
      const refused = await ask(customer);
      expect([refused.status, await codeOf(refused)]).toEqual([403, "BYN-SHOP-007"]);
    }
  });
});

describe("taking stock", () => {
  const take = (lines: { sku: string; quantity: number }[]) =>
    inTransaction(shop.pool, (client) => takeStock(client, lines, new Date()));

  test("takes all lines or none, and counts a SKU that stands twice", async () => {
    for (const sku of skus.slice(0, 3)) await setStock(shop, sku, 5);
    await take([
      { sku: first, quantity: 2 },
      { sku: second, quantity: 5 },
      { sku: first, quantity: 3 },
    ]);
    expect([await stockOf(shop, first), await stockOf(shop, second)]).toEqual([0, 0]);
    const short = take([
      { sku: third, quantity: 1 },
      { sku: first, quantity: 1 },
      { sku: UNKNOWN, quantity: 1 },
    ]);
    await expect(short).rejects.toMatchObject({
      code: "BYN-SHOP-015",
      mistakes: [
        { place: first, message: "only 0 left" },
        { place: UNKNOWN, message: "only 0 left" },
      ],
    });
    expect(await stockOf(shop, third)).toBe(5);
  });

  test("at once by many never goes below nothing, and what is taken and returned adds up", async () => {
    for (const sku of skus.slice(0, 3)) await setStock(shop, sku, 7);
    const orders = [
      [first, second],
      [second, first],
      [third, second],
      [first, third],
    ];
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_, n) =>
        take((orders[n % 4] ?? []).map((sku) => ({ sku, quantity: 1 + (n % 2) }))),
      ),
    );
    const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason.code] : []));
    expect(new Set(failures)).toEqual(new Set(["BYN-SHOP-015"]));
    const taken = new Map<string, number>();
    for (const [n, { status }] of results.entries()) {
      if (status === "rejected") continue;
      for (const sku of orders[n % 4] ?? []) taken.set(sku, (taken.get(sku) ?? 0) + 1 + (n % 2));
    }
    for (const [sku, quantity] of taken) expect(await stockOf(shop, sku)).toBe(7 - quantity);
    await inTransaction(shop.pool, (client) =>
      returnStock(
        client,
        [...taken].map(([sku, quantity]) => ({ sku, quantity })),
        new Date(),
      ),
    );
    for (const sku of skus.slice(0, 3)) expect(await stockOf(shop, sku)).toBe(7);
  });

  test("back from a SKU that is no longer sold is nothing, and no error", async () => {
    await inTransaction(shop.pool, (client) =>
      returnStock(client, [{ sku: UNKNOWN, quantity: 1 }], new Date()),
    );
    expect((await shop.ask(`/api/inventory/${UNKNOWN}`)).status).toBe(404);
  });
});
