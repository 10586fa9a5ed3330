import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { CARDS, HOME, newBuyer, order, productsInStock, putIntoCart } from "../orders/buying.fixture.ts";
import { openShop, type Shop } from "../shop.fixture.ts";
import { conformance, operationsOf } from "./conformance.fixture.ts";
import type { OpenApiDocument } from "./document.ts";

let shop: Shop;
let document: OpenApiDocument;
let faultsOf: ReturnType<typeof conformance>;
let sku = "";
let buyer = "";
let orderId = "";
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"), { orders: 100 });
  document = (await (await shop.ask("/api/openapi.json")).json()) as OpenApiDocument;
  faultsOf = conformance(document);
  [sku = ""] = await productsInStock(shop, 1, 100);
  buyer = await newBuyer(shop);
  orderId = (await order(shop, buyer, sku)).id;
  await putIntoCart(shop, buyer, sku, 2);
});
afterAll(() => shop?.stop());

const newProduct = {
  name: "Lamp",
  description: "It gives light.",
  category: "kitchen",
  priceAmount: 4_900,
  attributes: { colour: "red" },
};
const range = "from=2024-01-01&to=2024-03-31";

/** A request that each operation takes, in an order in which all of them can be taken. */
const GOOD: Record<string, () => { path?: string; cookie?: string; body?: unknown; status?: number }> = {
  showOpenApi: () => ({}),
  browseApi: () => ({}),
  listCategories: () => ({}),
  showCategory: () => ({ path: "/api/categories/kitchen" }),
  listProducts: () => ({ path: "/api/products?q=steel&category=kitchen&page=1&perPage=5" }),
  showProduct: () => ({ path: `/api/products/${sku}` }),
  showCart: () => ({ cookie: buyer }),
  setCartLine: () => ({ path: `/api/cart/lines/${sku}`, body: { quantity: 3 } }),
  addToCartLine: () => ({ path: `/api/cart/lines/${sku}`, body: { quantity: 2 } }),
  removeCartLine: () => ({ path: `/api/cart/lines/${sku}` }),
  signUp: () => ({ body: { email: "new@mail.example", name: "New", password: "long enough" }, status: 201 }),
  signIn: () => ({ body: { email: "new@mail.example", password: "long enough" }, status: 201 }),
  signOut: () => ({ cookie: buyer, status: 204 }),
  whoAmI: () => ({ cookie: buyer }),
  listAvailability: () => ({ path: `/api/inventory?sku=${sku}` }),
  showAvailability: () => ({ path: `/api/inventory/${sku}` }),
  checkOut: () => ({ cookie: buyer, body: { shipTo: HOME, card: CARDS.good }, status: 201 }),
  listOrders: () => ({ path: "/api/orders?perPage=2", cookie: buyer }),
  showOrder: () => ({ path: `/api/orders/${orderId}`, cookie: buyer }),
  showInvoice: () => ({ path: `/api/orders/${orderId}/invoice`, cookie: buyer }),
  cancelOrder: () => ({ path: `/api/orders/${orderId}/cancel`, cookie: buyer }),
  listStock: () => ({ path: "/api/admin/inventory?below=50", cookie: shop.admin }),
  setStock: () => ({ path: `/api/admin/inventory/${sku}`, cookie: shop.admin, body: { onHand: 7 } }),
  reportSales: () => ({ path: `/api/admin/reports/sales?${range}`, cookie: shop.admin }),
  reportBestSellers: () => ({ path: `/api/admin/reports/best-sellers?${range}`, cookie: shop.admin }),
  reportStock: () => ({ cookie: shop.admin }),
  addProduct: () => ({ cookie: shop.admin, body: newProduct, status: 201 }),
  changeProduct: () => ({
    path: `/api/admin/products/${sku}`,
    cookie: shop.admin,
    body: { priceAmount: 1_234 },
  }),
  removeProduct: () => ({ path: `/api/admin/products/${sku}`, cookie: shop.admin, status: 204 }),
};

async function ask(id: string, more: object = {}) {
  const operation = operationsOf(document).find(({ operationId }) => operationId === id);
  if (operation === undefined) throw new Error(`no operation ${id}`);
  const { path = operation.path, ...rest } = { ...GOOD[id]?.(), ...more };
  const answer = await shop.ask(path, { method: operation.method.toUpperCase(), ...rest });
  const headers = Object.fromEntries(answer.headers);
  return {
    answer,
    faults: faultsOf(operation, {
      status: answer.status,
      headers,
      body: Buffer.from(await answer.arrayBuffer()),
    }),
  };
}

test("there is a good request for every operation", () => {
  const ids = operationsOf(document).map(({ operationId }) => operationId);
  expect(Object.keys(GOOD).toSorted()).toEqual(ids.toSorted());
});

describe("a good answer fits its schema", () => {
  test.each(Object.keys(GOOD))("%s", async (id) => {
    const { answer, faults } = await ask(id);
    expect(answer.status).toBe(GOOD[id]?.().status ?? 200);
    expect(faults).toEqual([]);
  });
});

describe("where orders have owners, the answers fit too", () => {
  let owned: Shop;
  let ada = "";
  let silent = false;
  let waitedMs = 0;
  beforeAll(async () => {
    owned = await openShop(inject("postgresUrl"), {
      now: () => Date.now() + waitedMs,
      sleep: async (ms) => {
        waitedMs += ms;
      },
      saga: ({ inventory, ...kept }) => ({
        ...kept,
        inventory: {
          ...inventory,
          reserve: (...asked) => (silent ? Promise.reject(new Error("silent")) : inventory.reserve(...asked)),
        },
      }),
    });
    owned.saga?.stock.set(sku, 10);
    ada = await newBuyer(owned);
  });
  afterAll(() => owned?.stop());

  async function told(id: string, path: string, more: object = {}): Promise<[status: number, body: string]> {
    const operation = operationsOf(document).find(({ operationId }) => operationId === id);
    if (operation === undefined) throw new Error(`no operation ${id}`);
    const answer = await owned.ask(path, { method: operation.method.toUpperCase(), cookie: ada, ...more });
    const body = Buffer.from(await answer.arrayBuffer());
    const headers = Object.fromEntries(answer.headers);
    expect(faultsOf(operation, { status: answer.status, headers, body }), id).toEqual([]);
    return [answer.status, body.toString()];
  }
  const buy = async (card: object, key?: string) => {
    await putIntoCart(owned, ada, sku);
    return told("checkOut", "/api/orders", {
      body: { shipTo: HOME, card },
      ...(key === undefined ? {} : { headers: { "idempotency-key": key } }),
    });
  };

  test("of a checkout that is placed, refused, repeated with another body, and left pending", async () => {
    const [placed, body] = await buy(CARDS.good, "one");
    const { id } = JSON.parse(body) as { id: string };
    const [declined] = await buy(CARDS.declined);
    const [otherBody] = await buy(CARDS.declined, "one");
    expect([placed, declined, otherBody]).toEqual([201, 402, 422]);
    const { rows } = await owned.pool.query<{ id: string }>(
      "SELECT id FROM shop_order WHERE status = 'failed'",
    );
    expect((await told("showOrder", `/api/orders/${rows[0]?.id}`))[1]).toContain("BYN-SHOP-016");
    expect((await told("cancelOrder", `/api/orders/${id}/cancel`))[0]).toBe(200);
    expect((await told("cancelOrder", `/api/orders/${id}/cancel`))[0]).toBe(409);
    silent = true;
    expect((await buy(CARDS.good, "two"))[0]).toBe(202);
    expect((await buy(CARDS.good, "two"))[0]).toBe(409);
    expect((await buy(CARDS.good, "three"))[0]).toBe(409);
    expect(JSON.parse((await told("listOrders", "/api/orders"))[1])).toMatchObject({ total: 2 });
  });
});

test("an answer that does not fit is seen", () => {
  const operation = operationsOf(document).find(({ operationId }) => operationId === "showAvailability");
  if (operation === undefined) throw new Error("no operation");
  const said = (status: number, body: object, type = "application/json") =>
    faultsOf(operation, {
      status,
      headers: { "content-type": type },
      body: Buffer.from(JSON.stringify(body)),
    });
  const problem = { type: "a", title: "b", detail: "c", retryable: false };
  expect(said(200, { sku: "a", available: 1 })).toEqual([]);
  expect(said(200, { sku: "a", available: -1 })).toHaveLength(1);
  expect(said(200, { sku: "a", available: 1, price: 1 })).toHaveLength(1);
  expect(said(200, { sku: "a", available: 1 }, "text/html")).toHaveLength(1);
  expect(said(201, { sku: "a", available: 1 })).toHaveLength(1);
  expect(said(404, { ...problem, status: 404, code: "BYN-SHOP-003" }, "application/problem+json")).toEqual(
    [],
  );
  expect(
    said(404, { ...problem, status: 404, code: "BYN-SHOP-018" }, "application/problem+json"),
  ).not.toEqual([]);
});

describe("who may is as the document says", () => {
  test("nobody's session opens what needs one, and only admins' what is theirs", async () => {
    const customer = await newBuyer(shop);
    const wrong: string[] = [];
    for (const { operationId, security } of operationsOf(document)) {
      const [needed] = security;
      if (needed === undefined) continue;
      const nobody = await ask(operationId, { cookie: "session=none" });
      if (nobody.answer.status !== 401)
        wrong.push(`${operationId} without a session: ${nobody.answer.status}`);
      if (needed.session?.[0] !== "admin") continue;
      const { answer } = await ask(operationId, { cookie: customer });
      if (answer.status !== 403) wrong.push(`${operationId} as a customer: ${answer.status}`);
    }
    expect(wrong).toEqual([]);
  });
});
