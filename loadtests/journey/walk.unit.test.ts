import { expect, test } from "vitest";
import type { Journey } from "./plan.ts";
import { type JourneyAnswer, type JourneyRequest, type JourneyWrong, walk } from "./walk.ts";

const money = (amount: number) => ({ amount, currency: "EUR" });
const product = { id: "p1", name: "Lamp", price: money(500), related: [] };
const cart = { lines: [{ product, quantity: 2, lineTotal: money(1_000) }], total: money(1_000), items: 2 };
const order = { id: "o1", number: "FL-000001", status: "placed", lines: [{}], total: money(1_000) };

const RIGHT: Readonly<Record<string, JourneyAnswer>> = {
  "GET /api/categories": { status: 200, json: { items: [{ slug: "lamps" }] } },
  "GET /api/categories/:slug": { status: 200, json: { slug: "lamps", breadcrumb: [] } },
  "GET /api/products": { status: 200, json: { items: [product], page: 1, perPage: 24, total: 1 } },
  "GET /api/products/:id": { status: 200, json: product },
  "GET /api/inventory/:sku": { status: 200, json: { sku: "p1", available: 3 } },
  "PUT /api/cart/lines/:productId": { status: 200, json: cart },
  "DELETE /api/cart/lines/:productId": { status: 200, json: { lines: [], total: money(0) } },
  "GET /api/cart": { status: 200, json: cart },
  "GET /api/me": { status: 200, json: { id: "c1", role: "customer" } },
  "GET /api/orders": { status: 200, json: { items: [order], page: 1 } },
  "POST /api/orders": { status: 201, json: order },
  "POST /api/orders/:id/cancel": { status: 200, json: { ...order, status: "cancelled" } },
};

const WHOLE: Journey = {
  signedIn: true,
  views: [
    { kind: "home" },
    { kind: "category", slug: "lamps", page: 1 },
    { kind: "search", q: "a & b" },
    { kind: "product", id: "p1" },
    { kind: "account" },
    { kind: "put", id: "p1", quantity: 2 },
    { kind: "cart" },
    { kind: "checkout" },
    { kind: "cancel" },
    { kind: "orders" },
  ],
};

function walked(changed: Readonly<Record<string, JourneyAnswer>> = {}, journey = WHOLE) {
  const asked: JourneyRequest[] = [];
  const wrong: Record<string, JourneyWrong> = {};
  let thought = 0;
  walk(journey, {
    ask: (request) => {
      asked.push(request);
      return { ...RIGHT, ...changed }[request.route] ?? { status: 404, json: undefined };
    },
    judged: ({ route }, why) => {
      if (why !== "") wrong[route] = why;
    },
    think: (requests) => {
      thought += requests;
    },
  });
  return { asked, wrong, thought };
}

test("a shop that answers rightly is never called wrong, and each request has its share of thinking", () => {
  const { asked, wrong, thought } = walked();
  expect(wrong).toEqual({});
  expect(asked).toHaveLength(13);
  expect(thought).toBe(13);
  expect(asked.map(({ path }) => path)).toContain("/api/products?q=a%20%26%20b");
  expect(asked.find(({ route }) => route === "POST /api/orders")?.body).toMatchObject({
    expect: money(1_000),
  });
  expect(asked.map(({ path }) => path)).toContain("/api/orders/o1/cancel");
});

test.each([
  ["GET /api/products/:id", { status: 200, json: { ...product, id: "p2" } }, "content"],
  ["GET /api/products/:id", { status: 200, json: undefined }, "content"],
  ["GET /api/products", { status: 200, json: { items: [{}], page: 1, perPage: 24, total: 1 } }, "content"],
  ["GET /api/inventory/:sku", { status: 200, json: { sku: "p1", available: -1 } }, "content"],
  ["GET /api/cart", { status: 200, json: { ...cart, total: money(999) } }, "content"],
  ["PUT /api/cart/lines/:productId", { status: 200, json: { lines: [], total: money(0) } }, "content"],
  ["POST /api/orders", { status: 201, json: { ...order, total: money(1) } }, "content"],
  ["POST /api/orders", { status: 200, json: order }, "status"],
  ["POST /api/orders/:id/cancel", { status: 200, json: order }, "content"],
  ["GET /api/me", { status: 401, json: { code: "BYN-SHOP-005" } }, "status"],
  ["GET /api/me", { status: 200, json: { id: "c1", role: "admin" } }, "content"],
  ["GET /api/categories", { status: 0, json: undefined }, "transport"],
] as const)("%s answered with %j is %s", (route, answer, why) => {
  expect(walked({ [route]: answer }).wrong[route]).toBe(why);
});

test("sold out is a refusal and no wrong answer; the cart is emptied, nothing is cancelled", () => {
  const { asked, wrong } = walked({ "POST /api/orders": { status: 409, json: { code: "BYN-SHOP-015" } } });
  expect(wrong).toEqual({ "POST /api/orders": "refused" });
  const methods = asked.map(({ method, route }) => (method === "DELETE" ? "DELETE" : route));
  expect(methods.slice(methods.indexOf("POST /api/orders"))).toEqual([
    "POST /api/orders",
    "DELETE",
    "GET /api/orders",
  ]);
});

test("another conflict is wrong", () => {
  const { wrong } = walked({ "POST /api/orders": { status: 409, json: { code: "BYN-SHOP-013" } } });
  expect(wrong).toEqual({ "POST /api/orders": "status" });
});
