import { CustomerCart } from "@banyan/contracts/http/customer-carts.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { cartLines, newBuyer, productsInStock, putIntoCart } from "../orders/buying.fixture.ts";
import { codeOf, openShop, type Shop } from "../shop.fixture.ts";

const TOKEN = "the-services-token-of-this-test";
let shop: Shop;
let [first = "", second = ""]: readonly string[] = [];
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"), { serviceToken: TOKEN });
  [first = "", second = ""] = await productsInStock(shop, 2, 20);
});
afterAll(() => shop.stop());

const ORDER = "0190a000-0000-7000-8000-00000000abcd";
let orders = 0;
const newOrderId = () => `0190a000-0000-7000-8000-${String(++orders).padStart(12, "0")}`;

/** As another service asks: with the token, and nothing of a browser's. */
const ask = (path: string, options: { method?: string; body?: unknown; token?: string } = {}) =>
  fetch(shop.url + path, {
    method: options.method ?? "GET",
    headers: {
      ...(options.token === "" ? {} : { [HEADERS.service]: options.token ?? TOKEN }),
      ...(options.body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });

async function customerOf(cookie: string): Promise<string> {
  return ((await (await shop.ask("/api/me", { cookie })).json()) as { id: string }).id;
}

async function cartOf(id: string): Promise<CustomerCart> {
  return CustomerCart.parse(await (await ask(`/internal/customers/${id}/cart`)).json());
}

const versionOf = async (id: string) => (await cartOf(id)).version;

const ordered = (id: string, orderId: string, lines: unknown) =>
  ask(`/internal/customers/${id}/cart/ordered/${orderId}`, { method: "PUT", body: { lines } });

describe("a customer's cart, for services", () => {
  test("is the customer's own, with its version; before anything was put in it is empty, at version 0", async () => {
    const buyer = await newBuyer(shop);
    const id = await customerOf(buyer);
    expect(await cartOf(id)).toMatchObject({ cart: { lines: [], items: 0 }, version: 0 });
    await putIntoCart(shop, buyer, first, 2);
    const { cart } = await cartOf(id);
    expect(cart).toEqual(await (await shop.ask("/api/cart", { cookie: buyer })).json());
  });

  test("has another version after every change, and the same while nothing changes", async () => {
    const buyer = await newBuyer(shop);
    const id = await customerOf(buyer);
    const seen: number[] = [await versionOf(id)];
    const changes: (() => Promise<unknown>)[] = [
      () => putIntoCart(shop, buyer, first, 2),
      () => putIntoCart(shop, buyer, first, 3),
      () => shop.ask(`/api/cart/lines/${second}`, { method: "POST", cookie: buyer, body: { quantity: 1 } }),
      () => shop.ask(`/api/cart/lines/${second}`, { method: "DELETE", cookie: buyer }),
      () => ordered(id, newOrderId(), [{ sku: first, quantity: 1 }]),
      async () => {
        const visitor = (await putIntoCart(shop, "", second)).headers.getSetCookie()[0]?.split(";")[0] ?? "";
        const { email } = (await (await shop.ask("/api/me", { cookie: buyer })).json()) as { email: string };
        await shop.ask("/api/sessions", {
          method: "POST",
          cookie: visitor,
          body: { email, password: "long enough" },
        });
      },
    ];
    for (const change of changes) {
      await change();
      seen.push(await versionOf(id));
    }
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect(await cartLines(shop, buyer)).toEqual([
      [first, 2],
      [second, 1],
    ]);
    await shop.ask("/api/cart", { cookie: buyer });
    expect(await versionOf(id)).toBe(seen.at(-1));
  });

  test("loses what was ordered once for an order, and keeps what was put in since then", async () => {
    const buyer = await newBuyer(shop);
    const id = await customerOf(buyer);
    const orderId = newOrderId();
    await putIntoCart(shop, buyer, first, 5);
    await putIntoCart(shop, buyer, second, 1);
    const lines = [
      { sku: first, quantity: 2 },
      { sku: second, quantity: 1 },
    ];
    for (let n = 0; n < 3; n++) expect((await ordered(id, orderId, lines)).status).toBe(204);
    expect(await cartLines(shop, buyer)).toEqual([[first, 3]]);
    expect((await ordered(id, newOrderId(), lines)).status).toBe(204);
    expect(await cartLines(shop, buyer)).toEqual([[first, 1]]);
  });

  test.each(["0190a000-0000-7000-8000-00000000ffff", "nobody", "%00", "..%2f.."])(
    "of %s is not there",
    async (id) => {
      const answer = await ask(`/internal/customers/${id}/cart`);
      expect([answer.status, await codeOf(answer)]).toEqual([404, "BYN-SHOP-003"]);
    },
  );

  test.each([[[]], [[{ sku: "a", quantity: 0 }]], ["x"], [undefined]])(
    "is not ordered from by %j",
    async (lines) => {
      const answer = await ordered(await customerOf(await newBuyer(shop)), ORDER, lines);
      expect([answer.status, await codeOf(answer)]).toEqual([400, "BYN-SHOP-002"]);
    },
  );

  test.each(["", "wrong", `${TOKEN}x`, "é"])("is not there for who has the token %j", async (token) => {
    const id = await customerOf(await newBuyer(shop));
    for (const options of [
      { path: `/internal/customers/${id}/cart` },
      { path: `/internal/customers/${id}/cart/ordered/${ORDER}`, method: "PUT", body: { lines: [] } },
    ]) {
      const answer = await ask(options.path, { ...options, token });
      const nothing = await ask("/internal/nothing", { token });
      expect([answer.status, await codeOf(answer)]).toEqual([404, "BYN-SHOP-003"]);
      expect([nothing.status, await codeOf(nothing)]).toEqual([404, "BYN-SHOP-003"]);
    }
  });
});

test("a shop without a token has no internal routes", async () => {
  const closed = await openShop(inject("postgresUrl"));
  try {
    const buyer = await newBuyer(closed);
    const { id } = (await (await closed.ask("/api/me", { cookie: buyer })).json()) as { id: string };
    const answer = await fetch(`${closed.url}/internal/customers/${id}/cart`, {
      headers: { [HEADERS.service]: "undefined" },
    });
    expect([answer.status, await codeOf(answer)]).toEqual([404, "BYN-SHOP-003"]);
  } finally {
    await closed.stop();
  }
});
