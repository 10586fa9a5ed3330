import type { Order } from "@banyan/contracts/http/orders.ts";
import { expect, test } from "vitest";
import { orderOfLines } from "../../invoices/order.fixture.ts";
import { documentOf } from "../look/document.ts";
import { html } from "../look/html.ts";
import { orderPage } from "./order-page.ts";
import { ordersPage } from "./orders-page.ts";

const shown = (change: Partial<Order>, fresh = false): string =>
  orderPage({ order: orderOfLines(1, change), fresh }).text;
const payment = (status: Order["payment"]["status"]) => ({ id: "pay-1", status, cardLast4: "4242" });

test("a pending order says that it is being paid and needs nothing; it has no invoice and can't be cancelled", () => {
  const page = shown({ status: "pending", payment: payment("pending") }, true);
  expect(page).toContain("Being paid");
  expect(page).toContain("Your order is being paid. It needs nothing from you");
  expect(page).toContain("Card ending in 4242: being asked for.");
  expect(page).not.toMatch(/Thank you|Invoice|Cancel the order/);
});

test.each([
  ["BYN-SHOP-016", "The card was declined."],
  ["of-another-version", "It could not be finished."],
])("a failed order says why (%s), that nothing was ordered, and leads back to the cart", (code, why) => {
  const failure = { code, detail: "<told to nobody>" };
  const page = shown({ status: "failed", payment: payment("none"), failure });
  expect(page).toContain("This was not ordered");
  expect(page).toContain(`${why} Nothing was ordered`);
  expect(page).toContain('href="/cart">Back to the cart');
  expect(page).toContain("Card ending in 4242: not charged.");
  expect(page).not.toMatch(/Thank you|Invoice|Cancel the order|told to nobody/);
});

test("an order that is being cancelled says so: it has an invoice, and is not cancelled a second time", () => {
  const page = shown({ status: "cancelling", cancelledAt: "2026-11-21T08:00:00.000Z" });
  expect(page).toContain("Being cancelled");
  expect(page).toContain("your money is on its way back");
  expect(page).toContain("/invoice");
  expect(page).not.toContain("Cancel the order");
});

test("a placed one thanks whoever has just ordered it, and nobody later", () => {
  expect(shown({ status: "placed" }, true)).toContain("Thank you!");
  expect(shown({ status: "placed" })).not.toContain("Thank you!");
  expect(shown({ status: "placed" })).toContain("Cancel the order");
});

test("the list tells each status by its name", () => {
  const { lines: _lines, shipTo: _shipTo, ...summary } = orderOfLines(1);
  const statuses = ["pending", "placed", "cancelling", "cancelled", "failed"] as const;
  const items = statuses.map((status) => ({ ...summary, status }));
  const { text } = ordersPage({ items, page: 1, perPage: 10, total: items.length });
  const told = [...text.matchAll(/<span class="status(?: off)?">([^<]+)</g)].map(([, name]) => name);
  expect(told).toEqual(["Being paid", "Placed", "Being cancelled", "Cancelled", "Not ordered"]);
});

test("only a page that is told to looks again by itself", () => {
  const document = (refreshSeconds?: number) =>
    documentOf({ title: "t", main: html``, visitor: {}, served: [], refreshSeconds });
  expect(document(3)).toContain('<meta http-equiv="refresh" content="3">');
  expect(document()).not.toContain("refresh");
});
