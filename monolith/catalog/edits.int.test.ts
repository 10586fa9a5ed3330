import { CatalogEvent } from "@banyan/contracts/events/catalog.ts";
import type { Product } from "@banyan/contracts/http/catalog.ts";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { codeOf, cookieFrom, openShop, type Shop } from "../shop.fixture.ts";
import { changeProduct, slotOfProduct } from "./edits.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"));
});
afterAll(() => shop.stop());

const lamp = {
  name: "Test Lamp",
  description: "A lamp to test with.",
  category: "table-lamps",
  priceAmount: 4_995,
  attributes: { Colour: "Blue" },
};
const send = (method: string, path: string, body?: unknown, cookie = shop.admin) =>
  shop.ask(path, { method, cookie, ...(body === undefined ? {} : { body }) });

async function addLamp(): Promise<Product> {
  const answer = await send("POST", "/api/admin/products", lamp);
  expect(answer.status).toBe(201);
  const product = (await answer.json()) as Product;
  expect(answer.headers.get("location")).toBe(`/api/products/${product.id}`);
  return product;
}

async function slotState(slot: number): Promise<{ seq: number; events: CatalogEvent[] }> {
  const found = await shop.pool.query<{ seq: number }>("SELECT seq::int FROM feed.slot WHERE slot = $1", [
    slot,
  ]);
  const { rows } = await shop.pool.query(
    "SELECT capability, slot, seq::int, payload -> 'changes' AS changes FROM feed.outbox WHERE slot = $1 ORDER BY seq",
    [slot],
  );
  return { seq: found.rows[0]?.seq ?? -1, events: rows.map((row) => CatalogEvent.parse(row)) };
}

describe("an administrator's edit", () => {
  test("adds, changes and removes a product, and records each with its product whole", async () => {
    const { id, ...added } = await addLamp();
    expect(added).toMatchObject({ name: lamp.name, version: 1, price: { amount: 4_995, currency: "EUR" } });
    const changed = await send("PATCH", `/api/admin/products/${id}`, {
      priceAmount: 3_000,
      available: false,
    });
    expect(await changed.json()).toMatchObject({
      version: 2,
      price: { amount: 3_000 },
      available: false,
      name: lamp.name,
    });
    expect((await send("DELETE", `/api/admin/products/${id}`)).status).toBe(204);
    expect((await shop.ask(`/api/products/${id}`)).status).toBe(404);

    const { events } = await slotState(slotOfProduct(id));
    const mine = events
      .flatMap(({ changes }) => changes)
      .filter((change) => ("product" in change ? change.product.id : change.id) === id);
    expect(mine).toMatchObject([
      {
        type: "product-saved",
        product: { id, version: 1, priceAmount: 4_995, category: "table-lamps", popularity: 0 },
      },
      {
        type: "product-saved",
        product: { id, version: 2, priceAmount: 3_000, attributes: { Colour: "Blue" } },
      },
      { type: "product-removed", id, version: 3 },
    ]);
  });

  test("is found by its new words, and not by its old ones", async () => {
    const { id } = await addLamp();
    await send("PATCH", `/api/admin/products/${id}`, { name: "Quetzal Lantern", description: "Glows." });
    const found = (await (await shop.ask("/api/products?q=quetzals")).json()) as { items: Product[] };
    expect(found.items.map((item) => item.id)).toEqual([id]);
    await send("DELETE", `/api/admin/products/${id}`);
  });

  test("fifty at once leave each slot's seq gapless, with one row for each edit", async () => {
    const products = await Promise.all(Array.from({ length: 5 }, () => addLamp()));
    const slots = [...new Set(products.map(({ id }) => slotOfProduct(id)))];
    const before = await Promise.all(slots.map(slotState));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        send("PATCH", `/api/admin/products/${products[n % 5]?.id}`, { priceAmount: n }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    const after = await Promise.all(slots.map(slotState));
    for (const { seq, events } of after) {
      expect(events.map((event) => event.seq)).toEqual(Array.from({ length: seq }, (_, n) => n + 1));
      expect(events.every(({ changes }) => changes.length === 1)).toBe(true);
    }
    const total = (states: { seq: number }[]) => states.reduce((sum, { seq }) => sum + seq, 0);
    expect(total(after) - total(before)).toBe(50);
    for (const { id } of products) {
      const product = (await (await shop.ask(`/api/products/${id}`)).json()) as Product;
      expect(product.version).toBe(11);
      const last = after
        .flatMap(({ events }) => events.flatMap(({ changes }) => changes))
        .filter((change) => change.type === "product-saved" && change.product.id === id);
      expect(last.at(-1)).toMatchObject({ product: { version: 11, priceAmount: product.price.amount } });
    }
  });

  test("that is rolled back leaves seq alone, and the next one takes the number", async () => {
    const { id } = await addLamp();
    const slot = slotOfProduct(id);
    const before = await slotState(slot);
    // A price that the column can't hold fails after the slot is locked.
    await expect(changeProduct(shop.pool, id, { priceAmount: 2 ** 40 }, new Date())).rejects.toThrow();
    // One that fails after the outbox row is written: the commit itself is refused.
    await shop.pool.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused at commit'; END $$;
      CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON outbox DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();`);
    const refused = await send("PATCH", `/api/admin/products/${id}`, { priceAmount: 2 });
    await shop.pool.query("DROP TRIGGER refuse ON outbox; DROP FUNCTION refuse()");
    expect(refused.status).toBe(500);
    expect(await refused.text()).not.toContain("refused at commit");
    expect(await slotState(slot)).toEqual(before);

    await send("PATCH", `/api/admin/products/${id}`, { priceAmount: 3 });
    const after = await slotState(slot);
    expect(after.seq).toBe(before.seq + 1);
    expect(after.events.at(-1)).toMatchObject({ changes: [{ product: { version: 2, priceAmount: 3 } }] });
  });

  test("of what is not there changes nothing", async () => {
    const id = "0190a000-0000-7000-8000-00000000abcd";
    const before = await slotState(slotOfProduct(id));
    for (const [method, body] of [
      ["PATCH", { available: true }],
      ["DELETE", undefined],
    ] as const) {
      const answer = await send(method, `/api/admin/products/${id}`, body);
      expect([answer.status, await codeOf(answer)]).toEqual([404, "BYN-SHOP-003"]);
    }
    const answer = await send("POST", "/api/admin/products", { ...lamp, category: "nope" });
    expect(await answer.json()).toMatchObject({ code: "BYN-SHOP-002", errors: [{ place: "category" }] });
    expect(await slotState(slotOfProduct(id))).toEqual(before);
  });

  test.each([
    [{}],
    [{ priceAmount: -1 }],
    [{ priceAmount: 1.5 }],
    [{ popularity: 5 }],
    [{ name: "NUL \u0000" }],
    [{ attributes: { Half: "\ud800" } }],
    [[]],
    [undefined],
  ])("with the body %j is refused", async (body) => {
    const { rows } = await shop.pool.query<{ id: string }>("SELECT id FROM product ORDER BY id LIMIT 1");
    const answer = await send("PATCH", `/api/admin/products/${rows[0]?.id}`, body);
    expect([answer.status, await codeOf(answer)]).toEqual([400, "BYN-SHOP-002"]);
  });
});

test("nobody but an administrator edits", async () => {
  const signedUp = await shop.ask("/api/customers", {
    method: "POST",
    body: { email: "plain@example.org", name: "Plain", password: "long enough" },
  });
  const customer = await send("POST", "/api/admin/products", lamp, cookieFrom(signedUp));
  expect([customer.status, await codeOf(customer)]).toEqual([403, "BYN-SHOP-007"]);
  const stranger = await send("POST", "/api/admin/products", lamp, "");
  expect([stranger.status, await codeOf(stranger)]).toEqual([401, "BYN-SHOP-005"]);
  const { rows } = await shop.pool.query("SELECT FROM product WHERE name = 'Test Lamp' AND popularity <> 0");
  expect(rows).toEqual([]);
});

test("the feed gives every product and category in the contract's shape", async () => {
  const { ProductRecord, CategoryRecord } = await import("@banyan/contracts/events/catalog.ts");
  const products = await shop.pool.query("SELECT slot, id, record FROM feed.product");
  for (const { slot, id, record } of products.rows) {
    expect(ProductRecord.parse(record).id).toBe(id);
    expect(slot).toBe(slotOfProduct(id));
  }
  const categories = await shop.pool.query("SELECT id, record FROM feed.category");
  expect(
    categories.rows.map(({ record }) => CategoryRecord.parse(record)).filter(({ parent }) => parent === null),
  ).toHaveLength(8);
});
