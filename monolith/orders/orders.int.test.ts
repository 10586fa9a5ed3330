import { type Order, OrderPage } from "@banyan/contracts/http/orders.ts";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { DEMO_PASSWORD } from "../seed/customers.ts";
import { codeOf, cookieFrom, openShop, type Shop } from "../shop.fixture.ts";
import {
  charges,
  checkOut,
  lockWaits,
  newBuyer,
  order,
  orderCount,
  productsInStock,
  putIntoCart,
  stockOf,
} from "./buying.fixture.ts";

let shop: Shop;
let sku = "";
let clockMs = 0;
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"), { orders: 120, now: () => Date.now() + clockMs });
  [sku = ""] = await productsInStock(shop, 1, 100);
});
afterAll(() => shop.stop());

const cancel = (id: string, cookie: string, body?: unknown) =>
  shop.ask(`/api/orders/${id}/cancel`, { method: "POST", cookie, ...(body === undefined ? {} : { body }) });
const get = (path: string, cookie: string) => shop.ask(path, { cookie });

describe("one's own orders", () => {
  test("are listed a page at a time, the newest first, those of the past too", async () => {
    const { rows } = await shop.pool.query<{ id: string; email: string; count: number }>(
      `SELECT customer.id, email, count(*)::int FROM customer JOIN shop_order ON customer_id = customer.id
       GROUP BY customer.id ORDER BY count DESC LIMIT 1`,
    );
    const [buyer] = rows;
    const signedIn = await shop.ask("/api/sessions", {
      method: "POST",
      body: { email: buyer?.email, password: DEMO_PASSWORD },
    });
    const seen: string[] = [];
    for (let page = 1; ; page++) {
      const answer = await get(`/api/orders?perPage=10&page=${page}`, cookieFrom(signedIn));
      const { items, total } = OrderPage.parse(await answer.json());
      expect(total).toBe(buyer?.count);
      expect(items.every(({ customerId }) => customerId === buyer?.id)).toBe(true);
      if (items.length === 0) break;
      seen.push(...items.map(({ number }) => number));
    }
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
    expect(seen).toHaveLength(buyer?.count ?? -1);
  });

  test("are none for a new customer", async () => {
    expect(await (await get("/api/orders", await newBuyer(shop))).json()).toEqual({
      items: [],
      page: 1,
      perPage: 24,
      total: 0,
    });
  });

  test.each(["page=0", "page=501", "perPage=49", "page=x", "customerId=1", "page=1&page=2"])(
    "are not listed by the query %s",
    async (query) => {
      const answer = await get(`/api/orders?${query}`, shop.admin);
      expect([answer.status, await codeOf(answer)]).toEqual([400, "BYN-SHOP-002"]);
    },
  );
});

describe("somebody else's order", () => {
  test("is not there: neither to see nor to cancel, and it stays as it is", async () => {
    const owner = await newBuyer(shop);
    const stranger = await newBuyer(shop);
    const placed = await order(shop, owner, sku);
    for (const answer of [
      await get(`/api/orders/${placed.id}`, stranger),
      await cancel(placed.id, stranger),
      await get("/api/orders/0190a000-0000-7000-8000-00000000abcd", stranger),
      await get("/api/orders/nope", stranger),
      await get("/api/orders/%00", stranger),
    ]) {
      expect([answer.status, await codeOf(answer)]).toEqual([404, "BYN-SHOP-003"]);
    }
    expect(((await (await get("/api/orders", stranger)).json()) as OrderPage).items).toEqual([]);
    expect(await (await get(`/api/orders/${placed.id}`, owner)).json()).toEqual(placed);
  });

  test("is there for an administrator, who may cancel it; the mail goes to its customer", async () => {
    const placed = await order(shop, await newBuyer(shop), sku);
    expect(await (await get(`/api/orders/${placed.id}`, shop.admin)).json()).toEqual(placed);
    expect((await cancel(placed.id, shop.admin)).status).toBe(200);
    const [ordered, cancelled] = shop.mails.slice(-2);
    expect(cancelled?.to).toBe(ordered?.to);
    expect(cancelled?.subject).toContain(placed.number);
  });

  test.each([
    ["GET", "/api/orders"],
    ["GET", "/api/orders/0190a000-0000-7000-8000-00000000abcd"],
    ["POST", "/api/orders/0190a000-0000-7000-8000-00000000abcd/cancel"],
  ])("and one's own ask for a session: %s %s", async (method, path) => {
    for (const cookie of ["", "session=", "session=a.b.c"]) {
      const answer = await shop.ask(path, { method, cookie });
      expect([answer.status, await codeOf(answer)]).toEqual([401, "BYN-SHOP-005"]);
    }
  });
});

test("a session that has expired, or that somebody else signed, orders and shows nothing", async () => {
  const buyer = await newBuyer(shop);
  const { id } = await order(shop, buyer, sku);
  clockMs = 13 * 3_600_000;
  const expired = await get(`/api/orders/${id}`, buyer);
  clockMs = 0;
  expect([expired.status, await codeOf(expired)]).toEqual([401, "BYN-SHOP-005"]);
  const forged = await new SignJWT({ role: "admin" })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject("x")
    .setAudience("shop")
    .setExpirationTime("1h")
    .sign(new Uint8Array(32));
  expect((await get(`/api/orders/${id}`, `session=${forged}`)).status).toBe(401);
});

describe("cancelling", () => {
  test("gives stock and money back and sends a mail", async () => {
    const buyer = await newBuyer(shop);
    const before = await stockOf(shop, sku);
    const placed = await order(shop, buyer, sku, 3);
    expect(await stockOf(shop, sku)).toBe(before - 3);
    const answer = await cancel(placed.id, buyer);
    expect(answer.status).toBe(200);
    const cancelled = (await answer.json()) as Order;
    expect(cancelled).toEqual({
      ...placed,
      status: "cancelled",
      cancelledAt: expect.any(String),
      payment: { ...placed.payment, status: "refunded" },
    });
    expect(await (await get(`/api/orders/${placed.id}`, buyer)).json()).toEqual(cancelled);
    expect(await stockOf(shop, sku)).toBe(before);
    expect(shop.mails.at(-1)?.subject).toContain("cancelled");
    const { rows } = await shop.cards.pool.query("SELECT status FROM charge WHERE id = $1", [
      placed.payment.id,
    ]);
    expect(rows).toEqual([{ status: "refunded" }]);
  });

  test("twice is refused, also at once: stock comes back once", async () => {
    const buyer = await newBuyer(shop);
    const before = await stockOf(shop, sku);
    const { id } = await order(shop, buyer, sku, 2);
    // Held in the middle of its work, so that the others are there before it is done.
    const holder = await shop.pool.connect();
    await holder.query("BEGIN");
    await holder.query("SELECT FROM stock WHERE sku = $1 FOR UPDATE", [sku]);
    const asked = [cancel(id, buyer), cancel(id, buyer), cancel(id, shop.admin)];
    await expect.poll(() => lockWaits(shop)).toBe(3);
    await holder.query("COMMIT");
    holder.release();
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const again = await cancel(id, buyer, {});
    expect([again.status, await codeOf(again)]).toEqual([409, "BYN-SHOP-018"]);
    expect(await stockOf(shop, sku)).toBe(before);
  });

  test("of an order from before the card processor had books refunds it there too", async () => {
    const { rows } = await shop.pool.query<{ id: string; payment: string }>(
      `SELECT shop_order.id, payment.id AS payment FROM shop_order JOIN payment ON order_id = shop_order.id
       WHERE shop_order.status = 'placed' ORDER BY number LIMIT 1`,
    );
    const [old] = rows;
    expect((await cancel(old?.id ?? "", shop.admin)).status).toBe(200);
    const charge = await fetch(`${shop.cards.url}/charges/${old?.payment}`);
    expect(await charge.json()).toEqual({ id: old?.payment, status: "refunded" });
  });

  test("leaves everything as it was when the card processor is away", async () => {
    const buyer = await newBuyer(shop);
    const placed = await order(shop, buyer, sku);
    const before = await stockOf(shop, sku);
    await shop.cards.pool.query("ALTER TABLE charge RENAME TO lost");
    const answer = await cancel(placed.id, buyer);
    await shop.cards.pool.query("ALTER TABLE lost RENAME TO charge");
    expect([answer.status, await codeOf(answer)]).toEqual([503, "BYN-SHOP-017"]);
    expect(await (await get(`/api/orders/${placed.id}`, buyer)).json()).toEqual(placed);
    expect(await stockOf(shop, sku)).toBe(before);
    expect((await cancel(placed.id, buyer)).status).toBe(200);
  });

  test("with a body that says anything is refused", async () => {
    const buyer = await newBuyer(shop);
    const { id } = await order(shop, buyer, sku);
    for (const body of [{ why: "no" }, [], "x".repeat(200_000)]) {
      expect((await cancel(id, buyer, body)).status).toBeGreaterThanOrEqual(400);
    }
    expect(await (await get(`/api/orders/${id}`, buyer)).json()).toMatchObject({ status: "placed" });
  });
});

test("an order keeps the name and the price that it was placed with, also when the product is gone", async () => {
  const added = await shop.ask("/api/admin/products", {
    method: "POST",
    cookie: shop.admin,
    body: { name: "Brass Bell", description: "Rings.", category: "table-lamps", priceAmount: 1_250 },
  });
  const { id } = (await added.json()) as { id: string };
  expect(await stockOf(shop, id)).toBe(0);
  await shop.ask(`/api/admin/inventory/${id}`, { method: "PUT", cookie: shop.admin, body: { onHand: 5 } });
  const buyer = await newBuyer(shop);
  const placed = await order(shop, buyer, id);
  await shop.ask(`/api/admin/products/${id}`, {
    method: "PATCH",
    cookie: shop.admin,
    body: { priceAmount: 1 },
  });
  await shop.ask(`/api/admin/products/${id}`, { method: "DELETE", cookie: shop.admin });
  expect((await shop.ask(`/api/inventory/${id}`)).status).toBe(404);
  expect(await (await get(`/api/orders/${placed.id}`, buyer)).json()).toEqual(placed);
  expect(placed.lines).toMatchObject([{ name: "Brass Bell", unitPrice: { amount: 1_250 } }]);
  expect((await cancel(placed.id, buyer)).status).toBe(200);
});

test("while the card processor fails nothing is ordered or charged", async () => {
  const closed = await openShop(inject("postgresUrl"));
  try {
    const [first = ""] = await productsInStock(closed, 1, 5);
    const buyer = await newBuyer(closed);
    await putIntoCart(closed, buyer, first);
    await closed.cards.pool.query("ALTER TABLE charge RENAME TO lost");
    const answer = await checkOut(closed, buyer);
    expect([answer.status, await codeOf(answer)]).toEqual([503, "BYN-SHOP-017"]);
    expect([await orderCount(closed), await stockOf(closed, first)]).toEqual([0, 5]);
    await closed.cards.pool.query("ALTER TABLE lost RENAME TO charge");
    expect(await charges(closed)).toEqual({});
  } finally {
    await closed.stop();
  }
});
