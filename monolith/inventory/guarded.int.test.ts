import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import type { Product } from "@banyan/contracts/http/catalog.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { stockSlot } from "@banyan/shop/inventory/slot.ts";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { productsInStock, setStock, stockOf } from "../orders/buying.fixture.ts";
import { codeOf, openShop, SERVICE_TOKEN, type Shop } from "../shop.fixture.ts";
import { httpProductBooks } from "./product-books.ts";

let shop: Shop;
/** Where the shop asks for its own API; undefined: itself. */
let base: string | undefined;
let [first = "", second = ""]: string[] = [];
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"), { guardedStock: true, base: () => base ?? shop.url });
  const skus = await productsInStock(shop, 20, 5);
  first = skus[0] ?? "";
  second = skus.find((sku) => stockSlot(sku) !== stockSlot(first)) ?? "";
});
afterAll(() => shop?.stop());
afterEach(async () => {
  base = undefined;
  await shop.pool.query("UPDATE handover.slot SET owner = true, state = 'following' WHERE capability = $1", [
    INVENTORY,
  ]);
});

const lamp = {
  name: "Test Lamp",
  description: "A lamp to test with.",
  category: "table-lamps",
  priceAmount: 4_995,
  attributes: { Colour: "Blue" },
};
const edit = (method: string, path: string, body?: unknown) =>
  shop.ask(path, { method, cookie: shop.admin, ...(body === undefined ? {} : { body }) });

async function addLamp(): Promise<Product> {
  const answer = await edit("POST", "/api/admin/products", lamp);
  expect(answer.status).toBe(201);
  return (await answer.json()) as Product;
}

/** As if the slot had been handed over. */
async function giveAway(sku: string, state = "following"): Promise<void> {
  await shop.pool.query(
    "UPDATE handover.slot SET owner = false, state = $3 WHERE capability = $1 AND slot = $2",
    [INVENTORY, stockSlot(sku), state],
  );
}

async function events(sku: string): Promise<string[]> {
  const { rows } = await shop.pool.query<{ type: string }>(
    `SELECT change ->> 'type' AS type FROM handover.outbox, jsonb_array_elements(changes) AS change
     WHERE capability = $1 AND slot = $2 AND coalesce(change ->> 'sku', change -> 'stock' ->> 'sku') = $3
     ORDER BY seq`,
    [INVENTORY, stockSlot(sku), sku],
  );
  return rows.map(({ type }) => type);
}

describe("a product's books", () => {
  test("open and close with it, by events of the inventory", async () => {
    const { id } = await addLamp();
    expect(await stockOf(shop, id)).toBe(0);
    await setStock(shop, id, 3);
    expect((await edit("DELETE", `/api/admin/products/${id}`)).status).toBe(204);
    expect((await shop.ask(`/api/inventory/${id}`)).status).toBe(404);
    expect(await events(id)).toEqual(["stock-saved", "stock-saved", "stock-removed"]);
  });

  test("do not hold the product up while the inventory is away; the first count opens them", async () => {
    base = "http://127.0.0.1:9";
    const { id } = await addLamp();
    expect((await shop.ask(`/api/inventory/${id}`)).status).toBe(404);
    await setStock(shop, id, 2);
    expect(await stockOf(shop, id)).toBe(2);
    expect((await edit("DELETE", `/api/admin/products/${id}`)).status).toBe(204);
    expect((await shop.ask(`/api/products/${id}`)).status).toBe(404);
    // What is gone from the catalog alone can still be counted to nothing.
    expect(await stockOf(shop, id)).toBe(2);
    expect(await (await edit("PUT", `/api/admin/inventory/${id}`, { onHand: 0 })).json()).toMatchObject({
      name: id,
      onHand: 0,
    });
  });

  test("that could not be opened are said in the log, with their code", async () => {
    const lines: Record<string, unknown>[] = [];
    const log = createLog("test");
    log.error = (fields: object) => {
      lines.push({ ...fields });
    };
    const service = { name: "the inventory", base: () => shop.url, token: "wrong", deadlineMs: 2_000 };
    const books = httpProductBooks(service, log);
    await books.open(first);
    await books.close(first);
    expect(lines).toMatchObject([
      { code: "BYN-SHOP-036", sku: first },
      { code: "BYN-SHOP-036", sku: first },
    ]);
    expect(await stockOf(shop, first)).toBe(5);
  });
});

describe("stock that another side owns", () => {
  test("is answered 421 for one SKU and one count, and listed all the same", async () => {
    await giveAway(first);
    const marked = `inventory;slot=${stockSlot(first)};epoch=1;reason=not-owner`;
    for (const answer of [
      await shop.ask(`/api/inventory/${first}`),
      await edit("PUT", `/api/admin/inventory/${first}`, { onHand: 1 }),
      await edit("PUT", `/api/admin/inventory/${first}`, "no object"),
      await shop.ask(`/internal/inventory/${first}/reservations/order-1-1`, {
        method: "PUT",
        headers: { "x-service-token": SERVICE_TOKEN },
        body: {},
      }),
    ]) {
      expect([answer.status, await codeOf(answer)]).toEqual([421, "BYN-DATA-020"]);
      expect(answer.headers.get("x-banyan-misdirected")).toBe(marked);
    }
    expect(await (await shop.ask(`/api/inventory?sku=${first}&sku=${second}`)).json()).toEqual({
      items: [
        { sku: first, available: 5 },
        { sku: second, available: 5 },
      ],
    });
    expect((await shop.ask("/api/admin/inventory", { cookie: shop.admin })).status).toBe(200);
  });

  test("is not listed while this side's copy of it is not whole", async () => {
    await giveAway(first, "empty");
    for (const answer of [
      await shop.ask(`/api/inventory?sku=${first}&sku=${second}`),
      await shop.ask("/api/admin/inventory", { cookie: shop.admin }),
    ]) {
      expect(answer.headers.get("retry-after")).toBe("5");
      expect([answer.status, await codeOf(answer)]).toEqual([503, "BYN-SHOP-035"]);
    }
    expect((await shop.ask(`/api/inventory?sku=${second}`)).status).toBe(200);
  });
});

test("what a service sends needs no Origin and no JSON, and nobody else gets in", async () => {
  const ask = (headers: Record<string, string>) =>
    fetch(`${shop.url}/internal/inventory/${first}/reservations/order-2-1/release`, {
      method: "PUT",
      headers,
    });
  expect((await ask({ "x-service-token": SERVICE_TOKEN })).status).toBe(200);
  const stranger = await ask({});
  expect([stranger.status, await codeOf(stranger)]).toEqual([404, "BYN-SHOP-003"]);
});
