import { Order, OrderPage, OrderSummary } from "@banyan/contracts/http/orders.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { ORDER_SIDES } from "./order-sides.ts";
import { customer, forSale, keysOf, refusal, type ShopSide, send } from "./shop-sides.ts";

const UNKNOWN = "0190a000-0000-7000-8000-00000000abcd";
const SHIP_TO = {
  name: "Zoë Ångström",
  street: "1 Long Row",
  postcode: "D08 F1G0",
  city: "Dublin",
  country: "IE",
};
const card = (number: string) => ({ number, expiry: "12/98", cvc: "123" });
const GOOD = card("4242 4242 4242 4242");

describe.each(ORDER_SIDES)("the orders of the $name side keep the contract", ({ open }) => {
  let side: ShopSide;
  let [first = "", second = ""]: string[] = [];
  beforeAll(async () => {
    side = await open(inject("postgresUrl"));
  });
  beforeEach(async () => {
    [first = "", second = ""] = await forSale(side, 2, 10);
  });
  afterAll(() => side?.stop());

  const put = (cookie: string, id: string, quantity = 1) =>
    send(side, "PUT", `/api/cart/lines/${id}`, { cookie, body: { quantity } });
  const checkOut = (cookie: string, more: object = {}) =>
    send(side, "POST", "/api/orders", { cookie, body: { shipTo: SHIP_TO, card: GOOD, ...more } });
  const stock = async (sku: string) =>
    ((await send(side, "GET", `/api/inventory/${sku}`)).json as { available: number }).available;

  async function order(cookie: string): Promise<Order> {
    await put(cookie, first, 2);
    return Order.parse((await checkOut(cookie)).json);
  }

  it("for a checkout: the order whole, where it is, stock less, the cart empty", async () => {
    const cookie = await customer(side);
    await put(cookie, first, 2);
    await put(cookie, second);
    const answer = await checkOut(cookie);
    expect(answer.status).toBe(201);
    const placed = Order.parse(answer.json);
    expect(keysOf(answer.json)).toEqual(keysOf(placed));
    expect(answer.headers.location).toBe(`/api/orders/${placed.id}`);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(placed).toMatchObject({ status: "placed", cancelledAt: null, shipTo: SHIP_TO });
    expect(placed.payment).toMatchObject({ status: "charged", cardLast4: "4242" });
    expect(placed.lines.map(({ line, sku, quantity }) => [line, sku, quantity])).toEqual([
      [1, first, 2],
      [2, second, 1],
    ]);
    for (const { unitPrice, quantity, lineTotal } of placed.lines) {
      expect(lineTotal).toEqual({ ...unitPrice, amount: unitPrice.amount * quantity });
    }
    expect((await send(side, "GET", `/api/orders/${placed.id}`, { cookie })).text).toBe(answer.text);
    expect([await stock(first), await stock(second)]).toEqual([8, 9]);
    expect(refusal(await checkOut(cookie))).toEqual([409, "BYN-SHOP-013"]);
  });

  it("for lists: one's own, the newest first, without lines and address", async () => {
    const cookie = await customer(side);
    const placed: Order[] = [];
    for (let n = 0; n < 3; n++) placed.unshift(await order(cookie));
    const answer = await send(side, "GET", "/api/orders?perPage=2", { cookie });
    const page = OrderPage.parse(answer.json);
    expect(page).toMatchObject({ page: 1, perPage: 2, total: 3 });
    expect(page.items).toEqual(
      placed.slice(0, 2).map(({ shipTo: _to, lines: _lines, ...summary }) => OrderSummary.parse(summary)),
    );
    expect(keysOf(answer.json)).toEqual(keysOf(page));
    const last = OrderPage.parse((await send(side, "GET", "/api/orders?perPage=2&page=2", { cookie })).json);
    expect(last.items.map(({ id }) => id)).toEqual([placed[2]?.id]);
  });

  it("for cancelling: once, with stock and money back", async () => {
    const cookie = await customer(side);
    const placed = await order(cookie);
    expect(await stock(first)).toBe(8);
    const answer = await send(side, "POST", `/api/orders/${placed.id}/cancel`, { cookie });
    const cancelled = Order.parse(answer.json);
    expect(cancelled).toEqual({
      ...placed,
      status: "cancelled",
      cancelledAt: cancelled.cancelledAt,
      payment: { ...placed.payment, status: "refunded" },
    });
    expect(cancelled.cancelledAt).not.toBeNull();
    expect(await stock(first)).toBe(10);
    for (const again of [cookie, side.admin]) {
      const refused = await send(side, "POST", `/api/orders/${placed.id}/cancel`, { cookie: again });
      expect(refusal(refused)).toEqual([409, "BYN-SHOP-018"]);
    }
    expect((await send(side, "GET", `/api/orders/${placed.id}`, { cookie })).text).toBe(answer.text);
  });

  it("for an administrator: any order", async () => {
    const placed = await order(await customer(side));
    const seen = await send(side, "GET", `/api/orders/${placed.id}`, { cookie: side.admin });
    expect(seen.json).toEqual(placed);
    const cancelled = await send(side, "POST", `/api/orders/${placed.id}/cancel`, { cookie: side.admin });
    expect(cancelled.status).toBe(200);
  });

  it("by having no order of somebody else's, nor one that nobody placed", async () => {
    const { id } = await order(await customer(side));
    const cookie = await customer(side);
    for (const path of [
      `/api/orders/${id}`,
      `/api/orders/${UNKNOWN}`,
      "/api/orders/nope",
      "/api/orders/%00",
    ]) {
      expect(refusal(await send(side, "GET", path, { cookie })), path).toEqual([404, "BYN-SHOP-003"]);
      expect(refusal(await send(side, "POST", `${path}/cancel`, { cookie })), path).toEqual([
        404,
        "BYN-SHOP-003",
      ]);
    }
  });

  it.each([
    ["a declined card", { card: card("4000000000000002") }, 402, "BYN-SHOP-016"],
    ["a card without money", { card: card("4000000000009995") }, 402, "BYN-SHOP-016"],
    ["an expired card", { card: { ...GOOD, expiry: "01/20" } }, 402, "BYN-SHOP-016"],
    ["a processor that does not answer", { card: card("4000000000000341") }, 503, "BYN-SHOP-017"],
    ["another total than expected", { expect: { amount: 1, currency: "EUR" } }, 409, "BYN-SHOP-014"],
    ["a card number with a wrong digit", { card: card("4242424242424241") }, 400, "BYN-SHOP-002"],
    ["an address without a city", { shipTo: { ...SHIP_TO, city: " " } }, 400, "BYN-SHOP-002"],
    ["more than it asks for", { discount: 100 }, 400, "BYN-SHOP-002"],
    ["a huge body", { shipTo: { ...SHIP_TO, name: "x".repeat(101 * 1024) } }, 413, "BYN-SHOP-011"],
  ])("by ordering nothing with %s; the cart stays", async (_what, more, status, code) => {
    const cookie = await customer(side);
    const cart = await put(cookie, first, 2);
    const answer = await checkOut(cookie, more);
    expect(refusal(answer)).toEqual([status, code]);
    expect(answer.text).not.toMatch(/4242|40000000/);
    expect(await stock(first)).toBe(10);
    expect((await send(side, "GET", "/api/cart", { cookie })).text).toBe(cart.text);
    expect(OrderPage.parse((await send(side, "GET", "/api/orders", { cookie })).json).total).toBe(0);
  });

  it("by ordering nothing when there is not enough, and naming of what", async () => {
    const cookie = await customer(side);
    await put(cookie, first, 2);
    await put(cookie, second, 11);
    const answer = await checkOut(cookie);
    expect(refusal(answer)).toEqual([409, "BYN-SHOP-015"]);
    expect((answer.json as { errors: { place: string }[] }).errors.map(({ place }) => place)).toEqual([
      second,
    ]);
    expect([await stock(first), await stock(second)]).toEqual([10, 10]);
  });

  it("by giving the last piece to one of two who want it at once", async () => {
    await send(side, "PUT", `/api/admin/inventory/${first}`, { cookie: side.admin, body: { onHand: 1 } });
    const buyers = await Promise.all([customer(side), customer(side)]);
    await Promise.all(buyers.map((cookie) => put(cookie, first)));
    const answers = await Promise.all(buyers.map((cookie) => checkOut(cookie)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(await stock(first)).toBe(0);
  });

  it.each([
    ["POST", "/api/orders"],
    ["GET", "/api/orders"],
    ["GET", `/api/orders/${UNKNOWN}`],
    ["POST", `/api/orders/${UNKNOWN}/cancel`],
  ] as const)("by asking for a session at %s %s", async (method, path) => {
    for (const cookie of ["", "session=", "session=a.b.c", "session=a.b.c; session=x"]) {
      expect(refusal(await send(side, method, path, { cookie }))).toEqual([401, "BYN-SHOP-005"]);
    }
  });
});

describe.each(ORDER_SIDES.filter(({ owned }) => owned))("the owned orders of the $name side", ({ open }) => {
  let side: ShopSide;
  let [first = ""]: string[] = [];
  beforeAll(async () => {
    side = await open(inject("postgresUrl"));
  });
  beforeEach(async () => {
    [first = ""] = await forSale(side, 1, 10);
  });
  afterAll(() => side?.stop());

  async function cartOf(cookie: string): Promise<void> {
    await send(side, "PUT", `/api/cart/lines/${first}`, { cookie, body: { quantity: 1 } });
  }
  const checkOut = (cookie: string, key: string, more: object = {}) =>
    send(side, "POST", "/api/orders", {
      cookie,
      headers: { "idempotency-key": key },
      body: { shipTo: SHIP_TO, card: GOOD, ...more },
    });

  it("order once under an Idempotency-Key, and say it again", async () => {
    const cookie = await customer(side);
    await cartOf(cookie);
    const placed = await checkOut(cookie, "key-1");
    expect(placed.headers["server-timing"]).toMatch(
      /^cart;dur=[\d.]+, open;.*, stock;.*, charge;.*, commit;/,
    );
    const again = await checkOut(cookie, '"key-1"');
    expect([again.status, again.json]).toEqual([201, placed.json]);
    expect(again.headers.location).toBe(placed.headers.location);
    expect(again.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(OrderPage.parse((await send(side, "GET", "/api/orders", { cookie })).json).total).toBe(1);
    const other = await checkOut(cookie, "key-1", { shipTo: { ...SHIP_TO, city: "Cork" } });
    expect(refusal(other)).toEqual([422, "BYN-DATA-021"]);
    expect(refusal(await checkOut(cookie, "two words"))).toEqual([400, "BYN-SHOP-002"]);
  });

  it("order once, however often at once they are asked for under one key", async () => {
    const cookie = await customer(side);
    await cartOf(cookie);
    const answers = await Promise.all([1, 2, 3].map(() => checkOut(cookie, "key-2")));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ json }) => (json as Order).id)).size).toBe(1);
  });

  it("fail again under the key of a checkout that failed, and it is in no list", async () => {
    const cookie = await customer(side);
    await cartOf(cookie);
    const declined = { card: card("4000000000000002") };
    for (let n = 0; n < 2; n++) {
      expect(refusal(await checkOut(cookie, "key-3", declined))).toEqual([402, "BYN-SHOP-016"]);
    }
    expect(OrderPage.parse((await send(side, "GET", "/api/orders", { cookie })).json).items).toEqual([]);
  });
});
