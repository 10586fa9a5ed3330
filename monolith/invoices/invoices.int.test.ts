import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { newBuyer, order, productsInStock } from "../orders/buying.fixture.ts";
import { codeOf, openShop, type Shop } from "../shop.fixture.ts";
import { renderInvoice } from "./invoice.ts";

let shop: Shop;
let buyer = "";
let invoice = "";
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"));
  buyer = await newBuyer(shop);
  const [sku = ""] = await productsInStock(shop, 1, 10);
  invoice = `/api/orders/${(await order(shop, buyer, sku)).id}/invoice`;
});
afterAll(() => shop.stop());

const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

test("the customer gets the invoice of an order as a PDF with a name, kept by no cache", async () => {
  const answer = await shop.ask(invoice, { cookie: buyer });
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "application/pdf",
    "content-disposition": expect.stringMatching(/^inline; filename="FL-\d{6,}\.pdf"$/),
    "cache-control": "private, no-store",
  });
  const bytes = await bytesOf(answer);
  expect(bytes.subarray(0, 5).toString()).toBe("%PDF-");
  expect(bytes.length).toBe(Number(answer.headers.get("content-length")));
});

test("it is the invoice of the order as the API shows it, the same bytes each time, for an admin too", async () => {
  const shown = await (await shop.ask(invoice.replace(/\/invoice$/, ""), { cookie: buyer })).json();
  const expected = await renderInvoice(shown as Parameters<typeof renderInvoice>[0]);
  for (const cookie of [buyer, buyer, shop.admin]) {
    expect((await bytesOf(await shop.ask(invoice, { cookie }))).equals(expected)).toBe(true);
  }
});

test("without a session it is refused, and for anyone else it is not there", async () => {
  const answers = [await shop.ask(invoice), await shop.ask(invoice, { cookie: await newBuyer(shop) })];
  expect(await Promise.all(answers.map(async (each) => [each.status, await codeOf(each)]))).toEqual([
    [401, "BYN-SHOP-005"],
    [404, "BYN-SHOP-003"],
  ]);
});

test.each(["none", "0199c0de-0000-7000-8000-000000000001", "%00"])(
  "an order %j has no invoice",
  async (id) => {
    const answer = await shop.ask(`/api/orders/${id}/invoice`, { cookie: buyer });
    expect([answer.status, await codeOf(answer)]).toEqual([404, "BYN-SHOP-003"]);
  },
);

test("after a cancellation the invoice says so: other bytes", async () => {
  const before = await bytesOf(await shop.ask(invoice, { cookie: buyer }));
  const cancelled = await shop.ask(invoice.replace(/invoice$/, "cancel"), { method: "POST", cookie: buyer });
  expect(cancelled.status).toBe(200);
  expect((await bytesOf(await shop.ask(invoice, { cookie: buyer }))).equals(before)).toBe(false);
});
