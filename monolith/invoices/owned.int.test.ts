import { createServer, type IncomingHttpHeaders } from "node:http";
import { ORDERS } from "@banyan/contracts/events/orders.ts";
import type { Order } from "@banyan/contracts/http/orders.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { orderSlot } from "@banyan/shop/orders/slot.ts";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { newBuyer, order, productsInStock } from "../orders/buying.fixture.ts";
import { openOwned, setSlot } from "../owned.fixture.ts";
import { codeOf, openShop, type Shop } from "../shop.fixture.ts";
import { renderInvoice } from "./invoice.ts";

let shop: Shop;
let buyer = "";
let bought: Order;

/** Whoever owns the orders, as seen through the proxy. */
let answer: { status: number; body: unknown };
let asked: { path: string; headers: IncomingHttpHeaders }[] = [];
const owner = createServer((request, response) => {
  asked.push({ path: request.url ?? "", headers: request.headers });
  response.writeHead(answer.status, { "content-type": "application/json" });
  response.end(JSON.stringify(answer.body));
});

beforeAll(async () => {
  const url = `http://127.0.0.1:${await listen(owner, 0)}`;
  shop = await openShop(inject("postgresUrl"), { base: () => url, owned: { peers: {} } });
  await openOwned(shop.pool, ORDERS);
  buyer = await newBuyer(shop);
  const [sku = ""] = await productsInStock(shop, 1, 10);
  bought = await order(shop, buyer, sku);
});
afterAll(async () => {
  await shop.stop();
  await close(owner);
});

beforeEach(async () => {
  asked = [];
  answer = { status: 200, body: bought };
  await setSlot(shop.pool, [ORDERS, orderSlot(bought.customerId)], { owner: true });
});

const giveAway = () => setSlot(shop.pool, [ORDERS, orderSlot(bought.customerId)], { owner: false });

const invoiceOf = (id: string, headers: Record<string, string> = {}) =>
  shop.ask(`/api/orders/${id}/invoice`, { cookie: buyer, headers });

async function bytesOf(sent: Response): Promise<Buffer> {
  expect(sent.status).toBe(200);
  return Buffer.from(await sent.arrayBuffer());
}

const ELSEWHERE = "0199c0de-0000-7000-8000-00000000e15e";

test("the invoice of an order in an own slot is made of the shop's own tables: nobody is asked", async () => {
  const bytes = await bytesOf(await invoiceOf(bought.id));
  expect(bytes.equals(await renderInvoice(bought))).toBe(true);
  expect(asked).toEqual([]);
});

test("in another's slot the owner is asked, for this caller, and its word counts, not the copy's", async () => {
  await giveAway();
  const cancelled: Order = {
    ...bought,
    status: "cancelled",
    cancelledAt: "2026-11-21T08:00:00.000Z",
    payment: { ...bought.payment, status: "refunded" },
  };
  answer = { status: 200, body: cancelled };
  const bytes = await bytesOf(await invoiceOf(bought.id, { "x-request-id": "invoice-request-4711" }));
  expect(bytes.equals(await renderInvoice(cancelled))).toBe(true);
  expect(asked).toMatchObject([
    { path: `/api/orders/${bought.id}`, headers: { cookie: buyer, "x-request-id": "invoice-request-4711" } },
  ]);
});

test("an order that this side has never heard of is asked for, too", async () => {
  const elsewhere: Order = { ...bought, id: ELSEWHERE, number: "FL-1000002" };
  answer = { status: 200, body: elsewhere };
  const sent = await invoiceOf(ELSEWHERE);
  expect(sent.headers.get("content-disposition")).toBe('inline; filename="FL-1000002.pdf"');
  expect((await bytesOf(sent)).equals(await renderInvoice(elsewhere))).toBe(true);
});

test.each([
  ["says that it is not there", { status: 404, body: {} }, [404, "BYN-SHOP-003"]],
  ["knows no such session", { status: 401, body: {} }, [401, "BYN-SHOP-005"]],
  ["is away", { status: 503, body: {} }, [503, "BYN-SHOP-032"]],
  ["answers something else", { status: 200, body: { id: ELSEWHERE } }, [503, "BYN-SHOP-032"]],
])("when the owner %s, so does the shop", async (_what, given, expected) => {
  answer = given;
  const sent = await invoiceOf(ELSEWHERE);
  expect([sent.status, await codeOf(sent)]).toEqual(expected);
});

test("an order of somebody else is not there, even if an owner should show it", async () => {
  answer = { status: 200, body: { ...bought, id: ELSEWHERE, customerId: "somebody-else" } };
  const sent = await invoiceOf(ELSEWHERE);
  expect([sent.status, await codeOf(sent)]).toEqual([404, "BYN-SHOP-003"]);
});

test.each(["pending", "failed"] as const)("an order that is %s has no invoice", async (status) => {
  answer = { status: 200, body: { ...bought, id: ELSEWHERE, status } };
  const sent = await invoiceOf(ELSEWHERE);
  expect([sent.status, await codeOf(sent)]).toEqual([409, "BYN-SHOP-034"]);
});

test("one that is being cancelled has one, which does not say yet that the money is back", async () => {
  const cancelling = { ...bought, status: "cancelling", cancelledAt: "2026-11-21T08:00:00.000Z" } as const;
  answer = { status: 200, body: cancelling };
  await giveAway();
  const bytes = await bytesOf(await invoiceOf(bought.id));
  expect(bytes.equals(await renderInvoice(cancelling))).toBe(true);
  expect(bytes.equals(await renderInvoice({ ...cancelling, status: "cancelled" }))).toBe(false);
});

test("what is no id at all asks nobody", async () => {
  const sent = await invoiceOf("none");
  expect([sent.status, await codeOf(sent)]).toEqual([404, "BYN-SHOP-003"]);
  expect(asked).toEqual([]);
});
