import type { ProductSummary } from "@banyan/contracts/http/catalog.ts";
import { orderable } from "@banyan/shop/checkout/orderable.ts";
import { expect, test } from "vitest";
import { cartOf } from "./cart.ts";

const product = (id: string, amount: number, available = true): ProductSummary => ({
  id,
  name: id.toUpperCase(),
  category: "bells",
  price: { amount, currency: "EUR" },
  available,
});
const products = new Map(
  [product("a", 250), product("b", 1), product("closed", 5, false)].map((p) => [p.id, p]),
);
const cart = (...lines: [productId: string, quantity: number][]) =>
  cartOf(
    lines.map(([productId, quantity]) => ({ productId, quantity })),
    products,
  );

test("a cart multiplies, adds, and leaves out what the catalog does not know", () => {
  expect(cart(["b", 99], ["gone", 7], ["a", 2])).toMatchObject({
    lines: [
      { product: { id: "b" }, lineTotal: { amount: 99, currency: "EUR" } },
      { product: { id: "a" }, lineTotal: { amount: 500, currency: "EUR" } },
    ],
    total: { amount: 599, currency: "EUR" },
    items: 101,
  });
  expect(cart()).toEqual({ lines: [], total: { amount: 0, currency: "EUR" }, items: 0 });
});

test("an order has the cart's lines, numbered from one, at the cart's prices", () => {
  expect(orderable(cart(["a", 2], ["b", 1]), { amount: 501, currency: "EUR" })).toEqual([
    {
      line: 1,
      sku: "a",
      name: "A",
      unitPrice: { amount: 250, currency: "EUR" },
      quantity: 2,
      lineTotal: { amount: 500, currency: "EUR" },
    },
    expect.objectContaining({ line: 2, sku: "b" }),
  ]);
});

test.each([
  ["BYN-SHOP-013", cart(), undefined],
  ["BYN-SHOP-013", cart(["gone", 1]), undefined],
  ["BYN-SHOP-012", cart(["a", 1], ["closed", 1]), undefined],
  ["BYN-SHOP-014", cart(["a", 1]), { amount: 249, currency: "EUR" }],
  ["BYN-SHOP-014", cart(["a", 1]), { amount: 250, currency: "USD" }],
])("no order comes of it: %s", (code, from, expected) => {
  expect(() => orderable(from, expected)).toThrow(expect.objectContaining({ code }));
});
