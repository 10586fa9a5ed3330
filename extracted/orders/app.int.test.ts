import { randomUUID } from "node:crypto";
import { Order, OrderPage } from "@banyan/contracts/http/orders.ts";
import { until } from "@banyan/platform/log/sample.ts";
import type { Partners } from "@banyan/shop/checkout/partners.ts";
import { resumeSagas } from "@banyan/shop/checkout/resume.ts";
import { Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import {
  CARDS,
  type Cards,
  codeOf,
  fastClock,
  type GroundOptions,
  groundOf,
  HOME,
  type OrdersSide,
  openCards,
  openOrdersSide,
} from "./orders.fixture.ts";
import { createOrdersDatabase, type TestDatabase } from "./orders-database.fixture.ts";
import { openRestOfShop, type RestOfShop } from "./rest-of-shop.fixture.ts";

/* One side that owns every slot: what it answers. What it answers when slots move stands in handover.int.test.ts. */

let database: TestDatabase;
let cards: Cards;
let rest: RestOfShop;
let side: OrdersSide;
let [first = "", second = ""]: readonly string[] = [];
let customerId = "";
let cookie = "";
/** What stands between the side and its partners, for one test. */
let around: (partners: Partners) => Partners = (partners) => partners;
const opened: OrdersSide[] = [];

beforeAll(async () => {
  database = await createOrdersDatabase(inject("postgresUrl"), true);
  cards = await openCards(inject("postgresUrl"));
});
beforeEach(async () => {
  around = (partners) => partners;
  rest = await openRestOfShop();
  [first = "", second = ""] = rest.products;
  side = await open({});
  customerId = randomUUID();
  cookie = await rest.signIn(customerId);
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.stop();
  await rest.stop();
  await cards.clear();
  await database.pool.query("DELETE FROM shop_order");
});
afterAll(async () => {
  await cards?.stop();
  await database?.remove();
});

function options(): GroundOptions {
  return { pool: database.pool, rest, cards, around: (partners) => lazily(() => around(partners)) };
}

/** Asks for its partners at each call, so that a test may change them while the side runs. */
function lazily(partners: () => Partners): Partners {
  return {
    get cards() {
      return partners().cards;
    },
    get inventory() {
      return partners().inventory;
    },
    get carts() {
      return partners().carts;
    },
  };
}

async function open(change: Partial<GroundOptions>): Promise<OrdersSide> {
  const side = await openOrdersSide({ ...options(), ...change });
  opened.push(side);
  return side;
}

/** An order of one piece, or of as many as are asked for. */
async function order(quantity = 1): Promise<Order> {
  rest.put(customerId, first, quantity);
  const answer = await side.checkOut(cookie);
  if (answer.status !== 201) throw new Error(await answer.text());
  return Order.parse(await answer.json());
}

const shown = async (id: string, as = cookie) => side.ask(`/api/orders/${id}`, { cookie: as });
const cancel = (id: string, as = cookie) =>
  side.ask(`/api/orders/${id}/cancel`, { method: "POST", cookie: as });
const list = async (query = "") =>
  OrderPage.parse(await (await side.ask(`/api/orders${query}`, { cookie })).json());
const resume = () => resumeSagas(groundOf(options()), { ownMs: 0, othersMs: 0 }, () => true);

/** Holds every charge back until it is released. */
function holdCharges() {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  around = (kept) => ({
    ...kept,
    cards: {
      ...kept.cards,
      charge: async (...given) => {
        reach();
        await released;
        return kept.cards.charge(...given);
      },
    },
  });
  return { reached, release };
}

describe("a checkout", () => {
  test("orders the cart: stock taken, card charged, cart empty, the order at its address", async () => {
    rest.put(customerId, first, 2);
    rest.put(customerId, second, 1);
    const total = { amount: 3_750, currency: "EUR" };
    const answer = await side.checkOut(cookie, { expect: total });
    expect(answer.status).toBe(201);
    const placed = Order.parse(await answer.json());
    expect(answer.headers.get("location")).toBe(`/api/orders/${placed.id}`);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(placed).toMatchObject({ status: "placed", customerId, shipTo: HOME, total, failure: null });
    expect(placed.payment).toMatchObject({ status: "charged", cardLast4: "4242" });
    expect(Number(placed.number.slice(3)) % 2).toBe(0);
    expect([rest.onHand.get(first), rest.onHand.get(second)]).toEqual([98, 99]);
    expect([rest.linesOf(customerId), rest.reservations()]).toEqual([[], { confirmed: 2 }]);
    expect(await cards.books()).toEqual({ charged: 1 });
    expect(await (await shown(placed.id)).json()).toEqual(placed);
  });

  test("says how long its parts took", async () => {
    rest.put(customerId, first, 1);
    const timing = (await side.checkOut(cookie)).headers.get("server-timing") ?? "";
    const parts = [...timing.matchAll(/(\w+);dur=\d+\.\d\d/g)].map(([, part]) => part);
    expect(parts).toEqual(["cart", "open", "stock", "charge", "confirm", "commit"]);
  });

  test.each<[what: string, more: object, status: number, code: string, books: object]>([
    ["with a declined card", { card: CARDS.declined }, 402, "BYN-SHOP-016", {}],
    ["with a card of which nothing is heard", { card: CARDS.silent }, 503, "BYN-SHOP-017", { refunded: 1 }],
  ])(
    "%s orders nothing: stock and cart stay, the order is failed and in no list",
    async (_what, more, status, code, books) => {
      rest.put(customerId, first, 2);
      const answer = await side.checkOut(cookie, more);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([
        status,
        "application/problem+json; charset=utf-8",
      ]);
      expect(await answer.json()).toMatchObject({ code, requestId: answer.headers.get("x-request-id") });
      expect([rest.onHand.get(first), rest.linesOf(customerId)]).toEqual([100, [[first, 2]]]);
      const { charged = 0, refunded = 0 } = await cards.books();
      expect({ charged, refunded }).toEqual({ charged: 0, refunded: 0, ...books });
      expect((await list()).total).toBe(0);
      const { rows } = await database.pool.query<{ id: string }>("SELECT id FROM shop_order");
      expect(await (await shown(rows[0]?.id ?? "")).json()).toMatchObject({
        status: "failed",
        failure: { code },
      });
    },
  );

  test("of more than there is names the products and takes none of the others", async () => {
    rest.put(customerId, first, 1);
    rest.put(customerId, second, 5);
    rest.onHand.set(second, 4);
    const answer = await side.checkOut(cookie);
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      code: "BYN-SHOP-015",
      errors: [{ place: second, message: "only 4 left" }],
    });
    expect([rest.onHand.get(first), rest.onHand.get(second)]).toEqual([100, 4]);
    expect(await cards.books()).toEqual({});
  });

  test.each([
    ["of an empty cart", {}, 0, 409, "BYN-SHOP-013"],
    ["at another total", { expect: { amount: 1, currency: "EUR" } }, 1, 409, "BYN-SHOP-014"],
    ["without a city", { shipTo: { ...HOME, city: " " } }, 1, 400, "BYN-SHOP-002"],
    ["of more than is asked for", { discount: 1 }, 1, 400, "BYN-SHOP-002"],
    ["of a huge body", { shipTo: { ...HOME, name: "x".repeat(101 * 1024) } }, 1, 413, "BYN-SHOP-011"],
  ])("%s is refused, and there is no order", async (_what, more, quantity, status, code) => {
    if (quantity > 0) rest.put(customerId, first, quantity);
    const answer = await side.checkOut(cookie, more);
    expect([answer.status, await codeOf(answer)]).toEqual([status, code]);
    expect((await database.pool.query("SELECT FROM shop_order")).rowCount).toBe(0);
  });

  test("while the shop's other services are away is refused, and there is no order", async () => {
    await order(); // the keys of sessions are known from here on
    rest.fail(true);
    const answer = await side.checkOut(cookie);
    expect([answer.status, await codeOf(answer)]).toEqual([503, "BYN-SHOP-032"]);
    expect((await list()).total).toBe(1);
  });

  test("of two at once: the second is told to wait", async () => {
    const { reached, release } = holdCharges();
    rest.put(customerId, first, 1);
    const one = side.checkOut(cookie);
    await reached;
    expect((await list()).items).toMatchObject([{ status: "pending", payment: { status: "pending" } }]);
    const two = await side.checkOut(cookie);
    expect([two.status, await codeOf(two), two.headers.get("retry-after")]).toEqual([
      409,
      "BYN-SHOP-029",
      "1",
    ]);
    release();
    expect((await one).status).toBe(201);
    const late = await side.checkOut(cookie);
    expect([late.status, await codeOf(late)]).toEqual([409, "BYN-SHOP-013"]);
    expect(await cards.books()).toEqual({ charged: 1 });
  });
});

describe("an Idempotency-Key", () => {
  const key = { "idempotency-key": '"order-once"' };

  test("makes the same request again the same order, also when the cart is empty by then", async () => {
    rest.put(customerId, first, 1);
    const placed = await side.checkOut(cookie, {}, key);
    const again = await side.checkOut(cookie, {}, { "idempotency-key": "order-once" });
    expect([placed.status, again.status]).toEqual([201, 201]);
    expect(await again.json()).toEqual(await placed.json());
    expect(again.headers.get("location")).toBe(placed.headers.get("location"));
    expect(again.headers.get("server-timing")).toBeNull();
    expect([await cards.books(), (await list()).total]).toEqual([{ charged: 1 }, 1]);
  });

  test("makes a failed one fail again, without asking anybody", async () => {
    rest.put(customerId, first, 1);
    const declined = { card: CARDS.declined };
    await side.checkOut(cookie, declined, key);
    rest.fail(true);
    const again = await side.checkOut(cookie, declined, key);
    expect([again.status, await codeOf(again)]).toEqual([402, "BYN-SHOP-016"]);
    expect(await cards.books()).toEqual({ declined: 1 });
  });

  test("with another body is refused", async () => {
    rest.put(customerId, first, 1);
    await side.checkOut(cookie, {}, key);
    const other = await side.checkOut(cookie, { shipTo: { ...HOME, city: "Cork" } }, key);
    expect([other.status, await codeOf(other)]).toEqual([422, "BYN-DATA-021"]);
  });

  test("is one customer's own", async () => {
    rest.put(customerId, first, 1);
    await side.checkOut(cookie, {}, key);
    const other = randomUUID();
    rest.put(other, first, 1);
    const answer = await side.checkOut(await rest.signIn(other), { shipTo: { ...HOME, city: "Cork" } }, key);
    expect(answer.status).toBe(201);
  });

  test("that is no key is refused", async () => {
    const answer = await side.checkOut(cookie, {}, { "idempotency-key": "two words" });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ place: "idempotency-key" }] });
  });

  test("lets a second request wait for the first, and have its answer", async () => {
    const { reached, release } = holdCharges();
    rest.put(customerId, first, 1);
    const one = side.checkOut(cookie, {}, key);
    await reached;
    const two = side.checkOut(cookie, {}, key);
    const hurried = await (await open({ clock: fastClock() })).checkOut(cookie, {}, key);
    expect([hurried.status, await codeOf(hurried), hurried.headers.get("retry-after")]).toEqual([
      409,
      "BYN-SHOP-031",
      "1",
    ]);
    release();
    expect(await (await two).json()).toEqual(await (await one).json());
    expect(await cards.books()).toEqual({ charged: 1 });
  });
});

describe("orders", () => {
  test("are listed by their time, the newest first, a page at a time", async () => {
    const placed = [await order(), await order(), await order()].reverse();
    const page = await list("?perPage=2");
    expect(page).toMatchObject({ page: 1, perPage: 2, total: 3 });
    expect(page.items.map(({ id }) => id)).toEqual(placed.slice(0, 2).map(({ id }) => id));
    expect((await list("?perPage=2&page=2")).items.map(({ id }) => id)).toEqual([placed[2]?.id]);
    const wrong = await side.ask("/api/orders?page=0", { cookie });
    expect([wrong.status, await codeOf(wrong)]).toEqual([400, "BYN-SHOP-002"]);
  });

  test("of one moment are listed by their id", async () => {
    const { id } = await order();
    const twin = id.replace(/^.{8}/, "ffffffff");
    await database.pool.query(
      `INSERT INTO shop_order (record)
       SELECT record || jsonb_build_object('id', $2::text, 'number', 5) FROM shop_order WHERE id = $1`,
      [id, twin],
    );
    expect((await list()).items.map((item) => item.id)).toEqual([twin, id]);
  });

  test("are there for their customer and for administrators, and for nobody else", async () => {
    const { id } = await order();
    const stranger = await rest.signIn();
    for (const answer of [await shown(id, stranger), await cancel(id, stranger), await shown(randomUUID())]) {
      expect([answer.status, await codeOf(answer)]).toEqual([404, "BYN-SHOP-003"]);
    }
    for (const path of ["/api/orders/nope", "/api/orders/%00"]) {
      expect((await side.ask(path, { cookie })).status).toBe(404);
    }
    const admin = await rest.signIn(randomUUID(), "admin");
    expect((await shown(id, admin)).status).toBe(200);
    expect(await (await cancel(id, admin)).json()).toMatchObject({ status: "cancelled" });
  });

  test("are cancelled once: money and pieces back", async () => {
    const placed = await order(3);
    expect(rest.onHand.get(first)).toBe(97);
    const answer = await cancel(placed.id);
    const cancelled = Order.parse(await answer.json());
    expect(cancelled).toEqual({
      ...placed,
      status: "cancelled",
      cancelledAt: cancelled.cancelledAt,
      payment: { ...placed.payment, status: "refunded" },
    });
    expect([rest.onHand.get(first), rest.reservations()]).toEqual([100, { returned: 1 }]);
    expect(await cards.books()).toEqual({ refunded: 1 });
    const again = await cancel(placed.id);
    expect([again.status, await codeOf(again)]).toEqual([409, "BYN-SHOP-018"]);
    const more = await side.ask(`/api/orders/${placed.id}/cancel`, {
      method: "POST",
      cookie,
      body: { why: "" },
    });
    expect([more.status, await codeOf(more)]).toEqual([400, "BYN-SHOP-002"]);
  });

  test("whose cancelling is broken off are cancelling, and are finished by themselves", async () => {
    const placed = await order(2);
    rest.fail(true);
    const broken = await cancel(placed.id);
    expect([broken.status, await codeOf(broken)]).toEqual([503, "BYN-SHOP-032"]);
    expect(await (await shown(placed.id)).json()).toMatchObject({ status: "cancelling" });
    expect(await resume()).toBe(0);
    rest.fail(false);
    expect([await resume(), await resume()]).toEqual([1, 0]);
    expect(await (await shown(placed.id)).json()).toMatchObject({ status: "cancelled" });
    expect([rest.onHand.get(first), await cards.books()]).toEqual([100, { refunded: 1 }]);
  });

  test("whose cancelling was broken off may be cancelled again", async () => {
    const placed = await order(2);
    rest.fail(true);
    await cancel(placed.id);
    rest.fail(false);
    expect((await cancel(placed.id)).status).toBe(200);
    expect([rest.onHand.get(first), await cards.books()]).toEqual([100, { refunded: 1 }]);
  });
});

describe("who asks", () => {
  test.each([
    ["POST", "/api/orders"],
    ["GET", "/api/orders"],
    ["GET", `/api/orders/${randomUUID()}`],
    ["POST", `/api/orders/${randomUUID()}/cancel`],
  ])("must be signed in at %s %s", async (method, path) => {
    for (const bad of ["", "session=", "session=a.b.c", "session=a.b.c; session=x"]) {
      const answer = await side.ask(path, { method, cookie: bad });
      expect([answer.status, await codeOf(answer)]).toEqual([401, "BYN-SHOP-005"]);
    }
  });

  test("must be the shop's own page", async () => {
    const { id } = await order();
    const { status } = await side.ask(`/api/orders/${id}/cancel`, {
      method: "POST",
      cookie,
      headers: { "sec-fetch-site": "cross-site" },
    });
    expect([status, (await list()).items[0]?.status]).toEqual([403, "placed"]);
  });

  test("is told to try again, not that nobody is signed in, while the keys of sessions were never fetched", async () => {
    rest.fail(true);
    const answer = await (await open({})).ask("/api/orders", { cookie });
    expect([answer.status, await codeOf(answer), answer.headers.get("retry-after")]).toEqual([
      503,
      "BYN-SHOP-004",
      "1",
    ]);
    expect((await side.ask("/api/orders")).status).toBe(401);
  });
});

describe("health", () => {
  test("is live, and ready with what its slots are", async () => {
    expect((await side.ask("/livez")).status).toBe(200);
    const ready = await side.ask("/readyz");
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: "ready", database: "answers", slots: { owned: 102 } },
    ]);
  });

  test("is not ready while a slot is missing", async () => {
    const { rows } = await database.pool.query("DELETE FROM handover.slot WHERE slot = 7 RETURNING *");
    const answer = await side.ask("/readyz");
    await database.pool.query(
      "INSERT INTO handover.slot SELECT * FROM jsonb_populate_record(NULL::handover.slot, $1)",
      [JSON.stringify(rows[0])],
    );
    expect([answer.status, await codeOf(answer)]).toEqual([503, "BYN-SHOP-004"]);
  });

  test("says that its database is away, and goes on when it is back", async () => {
    const placed = await order();
    const name = new URL(database.url).pathname.slice(1);
    const admin = new Pool({ connectionString: inject("postgresUrl"), max: 1 });
    const allow = (allowed: boolean) =>
      admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${String(allowed)}`);
    await allow(false);
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name]);
    await until("it is away", async () => (await side.ask("/readyz")).status === 503);
    const away = await shown(placed.id);
    expect([away.status, away.headers.get("retry-after"), await codeOf(away)]).toEqual([
      503,
      "2",
      "BYN-SHOP-004",
    ]);
    expect((await side.ask("/livez")).status).toBe(200);
    await allow(true);
    await admin.end();
    await until("it is back", async () => (await side.ask("/readyz")).status === 200);
    expect(await (await shown(placed.id)).json()).toEqual(placed);
  });
});
