import { setTimeout as sleep } from "node:timers/promises";
import { ORDERS } from "@banyan/contracts/events/orders.ts";
import { MISDIRECTED_HEADER, readMisdirected } from "@banyan/contracts/http/misdirected.ts";
import { Order, OrderPage } from "@banyan/contracts/http/orders.ts";
import { readSlot } from "@banyan/platform/handover/slot/slot-row.ts";
import type { SagaGround } from "@banyan/shop/checkout/checkout.ts";
import type { Partners } from "@banyan/shop/checkout/partners.ts";
import { resumeSagas } from "@banyan/shop/checkout/resume.ts";
import { orderSlot } from "@banyan/shop/orders/slot.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { codeOf, openShop, type Shop } from "../shop.fixture.ts";
import { CARDS, cartLines, charges, checkOut, HOME, newBuyer, putIntoCart } from "./buying.fixture.ts";
import { type OtherSide, openOtherSide } from "./other-side.fixture.ts";
import type { StandInInventory } from "./stand-in-inventory.fixture.ts";

let shop: Shop;
let other: OtherSide;
let ground: SagaGround;
let stock: StandInInventory;
let [first = "", second = ""]: readonly string[] = [];
/** What a test puts between the sagas and their partners. */
let between: (kept: Partners) => Partial<Partners> = () => ({});
/** Sagas that wait do so in this time when it is not undefined: it passes at once. */
let waitedMs: number | undefined;
/** Told when a saga waits. */
let onSleep = () => {};

beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"), {
    cardDeadlineMs: 400,
    now: () => Date.now() + (waitedMs ?? 0),
    sleep: async (ms) => {
      onSleep();
      if (waitedMs === undefined) await sleep(ms);
      else waitedMs += ms;
    },
    saga: (kept) => {
      const asked = () => ({ ...kept, ...between(kept) });
      return {
        get cards() {
          return asked().cards;
        },
        get inventory() {
          return asked().inventory;
        },
        get carts() {
          return asked().carts;
        },
      };
    },
  });
  if (shop.saga === undefined) throw new Error("no sagas");
  ({ ground, stock } = shop.saga);
  other = await openOtherSide(inject("postgresUrl"), shop.pool);
  const { rows } = await shop.pool.query<{ id: string }>(
    "SELECT id FROM product WHERE available ORDER BY id LIMIT 2",
  );
  [first = "", second = ""] = rows.map(({ id }) => id);
});
afterAll(async () => {
  await other?.remove();
  await shop?.stop();
});

beforeEach(async () => {
  stock.forget();
  stock.set(first, 10);
  stock.set(second, 10);
  await shop.cards.pool.query("DELETE FROM charge");
});
afterEach(() => {
  between = () => ({});
  waitedMs = undefined;
  onSleep = () => {};
});

interface Buyer {
  readonly cookie: string;
  readonly id: string;
  readonly slot: number;
}

/** A new customer with two pieces of the first product in the cart. */
async function buyer(): Promise<Buyer> {
  const cookie = await newBuyer(shop);
  const { id } = (await (await shop.ask("/api/me", { cookie })).json()) as { id: string };
  await putIntoCart(shop, cookie, first, 2);
  return { cookie, id, slot: orderSlot(id) };
}

const buy = ({ cookie }: Buyer, more: object = {}, key?: string) =>
  shop.ask("/api/orders", {
    method: "POST",
    cookie,
    body: { shipTo: HOME, card: CARDS.good, ...more },
    ...(key === undefined ? {} : { headers: { "idempotency-key": key } }),
  });
const show = (id: string, { cookie }: Pick<Buyer, "cookie">) => shop.ask(`/api/orders/${id}`, { cookie });
const cancel = (id: string, { cookie }: Pick<Buyer, "cookie">, body?: unknown) =>
  shop.ask(`/api/orders/${id}/cancel`, { method: "POST", cookie, ...(body === undefined ? {} : { body }) });
const list = async ({ cookie }: Buyer) =>
  OrderPage.parse(await (await shop.ask("/api/orders", { cookie })).json());
const said = async (answer: Response) => [answer.status, await codeOf(answer)];

/** The customer's orders as the tables have them, hidden ones too. */
async function ordersOf({ id }: Buyer): Promise<{ id: string; status: string }[]> {
  const { rows } = await shop.pool.query<{ id: string; status: string }>(
    "SELECT id, status FROM shop_order WHERE customer_id = $1 ORDER BY placed_at, id",
    [id],
  );
  return rows;
}

async function seqOf({ slot }: Buyer): Promise<number> {
  return (await readSlot(shop.pool, ORDERS, slot)).seq;
}

/** Finishes what is unfinished as a worker does that waits for nobody. */
const resume = (on: SagaGround = ground) => resumeSagas(on, { ownMs: 0, othersMs: 0 }, () => true);

describe("a checkout", () => {
  test("reserves, charges and confirms: the order stands at its address, the cart is empty, each commit is one event", async () => {
    const ada = await buyer();
    await putIntoCart(shop, ada.cookie, second);
    const before = await seqOf(ada);
    const answer = await buy(ada);
    expect(answer.status).toBe(201);
    const order = Order.parse(await answer.json());
    expect(answer.headers.get("location")).toBe(`/api/orders/${order.id}`);
    expect(answer.headers.get("server-timing")).toMatch(
      /^cart;dur=.*open;.*stock;.*charge;.*confirm;.*commit;/,
    );
    expect(order).toMatchObject({
      status: "placed",
      shipTo: HOME,
      failure: null,
      payment: { status: "charged", cardLast4: "4242" },
      lines: [
        { line: 1, sku: first, quantity: 2 },
        { line: 2, sku: second, quantity: 1 },
      ],
    });
    expect(Number(order.number.slice("FL-".length)) % 2).toBe(1);
    expect(await (await show(order.id, ada)).json()).toEqual(order);
    expect((await list(ada)).items).toMatchObject([{ id: order.id, status: "placed" }]);
    expect(await cartLines(shop, ada.cookie)).toEqual([]);
    expect([stock.onHand(first), stock.onHand(second), stock.states()]).toEqual([8, 9, { confirmed: 2 }]);
    expect(await charges(shop)).toEqual({ charged: 1 });
    expect(await seqOf(ada)).toBe(before + 2);
  });

  test("with a declined card comes to nothing: the pieces are back, the cart stays, the order is hidden but says why", async () => {
    const ada = await buyer();
    const answer = await buy(ada, { card: CARDS.declined });
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(await said(answer)).toEqual([402, "BYN-SHOP-016"]);
    expect([stock.onHand(first), stock.states()]).toEqual([10, { released: 1 }]);
    expect(await charges(shop)).toEqual({ declined: 1 });
    expect(await cartLines(shop, ada.cookie)).toEqual([[first, 2]]);
    expect(await list(ada)).toMatchObject({ items: [], total: 0 });
    const [failed] = await ordersOf(ada);
    expect(Order.parse(await (await show(failed?.id ?? "", ada)).json())).toMatchObject({
      status: "failed",
      failure: { code: "BYN-SHOP-016", detail: "the card was declined: the bank said no" },
      payment: { status: "none" },
    });
    expect((await buy(ada)).status).toBe(201);
  });

  test("of more than there is names the products, gives back the others and charges nothing", async () => {
    const ada = await buyer();
    await putIntoCart(shop, ada.cookie, second, 11);
    const answer = await buy(ada);
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      code: "BYN-SHOP-015",
      errors: [{ place: second, message: "only 10 left" }],
    });
    expect([stock.onHand(first), stock.onHand(second), await charges(shop)]).toEqual([10, 10, {}]);
  });

  test("at a processor that charges but never answers gives the money and the pieces back", async () => {
    const ada = await buyer();
    const answer = await buy(ada, { card: CARDS.silent });
    expect(await answer.json()).toMatchObject({ code: "BYN-SHOP-017", status: 503, retryable: true });
    expect([await charges(shop), stock.onHand(first)]).toEqual([{ refunded: 1 }, 10]);
    expect((await ordersOf(ada)).map(({ status }) => status)).toEqual(["failed"]);
    expect((await buy(ada)).status).toBe(201);
  });

  test("of an empty cart, at another total, or that can't be read, writes nothing", async () => {
    const ada = await buyer();
    const wrongTotal = await buy(ada, { expect: { amount: 1, currency: "EUR" } });
    expect(await said(wrongTotal)).toEqual([409, "BYN-SHOP-014"]);
    expect(await said(await buy(ada, { shipTo: {} }))).toEqual([400, "BYN-SHOP-002"]);
    expect(await said(await buy(ada, {}, "with a blank"))).toEqual([400, "BYN-SHOP-002"]);
    expect(await said(await buy(ada, { more: "x".repeat(200_000) }))).toEqual([413, "BYN-SHOP-011"]);
    await shop.ask(`/api/cart/lines/${first}`, { method: "DELETE", cookie: ada.cookie });
    expect(await said(await buy(ada))).toEqual([409, "BYN-SHOP-013"]);
    expect(await ordersOf(ada)).toEqual([]);
  });

  test("three times at once orders the cart once; who comes second is told to look again soon", async () => {
    const ada = await buyer();
    const answers = await Promise.all([buy(ada), buy(ada), buy(ada)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect([await charges(shop), stock.onHand(first)]).toEqual([{ charged: 1 }, 8]);
    expect((await ordersOf(ada)).map(({ status }) => status)).toEqual(["placed"]);
  });

  test("beside one that is being paid is refused with Retry-After", async () => {
    const ada = await buyer();
    const held = Promise.withResolvers<void>();
    const paying = await paysUntil(held.promise, ada);
    const beside = await buy(ada);
    expect([beside.headers.get("retry-after"), ...(await said(beside))]).toEqual(["1", 409, "BYN-SHOP-029"]);
    held.resolve();
    expect((await paying()).status).toBe(201);
  });

  test("of a cart that another one empties before the first commit is refused, also where that one's clock was behind", async () => {
    const ada = await buyer();
    expect((await buy(ada)).status).toBe(201);
    await putIntoCart(shop, ada.cookie, first, 2);
    const held = Promise.withResolvers<void>();
    waitedMs = -60_000;
    const paying = await paysUntil(held.promise, ada);
    waitedMs = undefined;
    // Another version of the cart, with the same pieces still in it.
    await putIntoCart(shop, ada.cookie, second);
    between = ({ carts }) => ({
      carts: {
        ...carts,
        read: async (customerId) => {
          const cart = await carts.read(customerId);
          held.resolve();
          expect((await paying()).status).toBe(201);
          return cart;
        },
      },
    });
    const late = await buy(ada);
    expect([late.headers.get("retry-after"), ...(await said(late))]).toEqual(["1", 409, "BYN-SHOP-029"]);
    expect([await charges(shop), stock.onHand(first)]).toEqual([{ charged: 2 }, 6]);
    expect(await cartLines(shop, ada.cookie)).toEqual([[second, 1]]);
  });
});

/** A checkout that has come as far as its charge, which waits; it is asked for, when it may go on. */
async function paysUntil(goOn: Promise<void>, by: Buyer): Promise<() => Promise<Response>> {
  const reached = Promise.withResolvers<void>();
  between = ({ cards }) => ({
    cards: {
      ...cards,
      charge: async (...asked) => {
        reached.resolve();
        await goOn;
        return cards.charge(...asked);
      },
    },
  });
  const paying = buy(by);
  await reached.promise;
  return () => paying;
}

describe("an idempotency key", () => {
  test("makes the same request the same order, also when the cart is empty by then or full again", async () => {
    const ada = await buyer();
    const answer = await buy(ada, {}, "once");
    const order = await answer.json();
    await putIntoCart(shop, ada.cookie, second);
    for (let n = 0; n < 2; n++) {
      const again = await buy(ada, {}, '"once"');
      expect([again.status, again.headers.get("location"), await again.json()]).toEqual([
        201,
        answer.headers.get("location"),
        order,
      ]);
      await shop.ask(`/api/cart/lines/${second}`, { method: "DELETE", cookie: ada.cookie });
    }
    expect([(await list(ada)).total, await charges(shop)]).toEqual([1, { charged: 1 }]);
  });

  test("with another body is refused; another customer's is another key", async () => {
    const ada = await buyer();
    expect((await buy(ada, {}, "mine")).status).toBe(201);
    const otherBody = await buy(ada, { shipTo: { ...HOME, city: "Bonn" } }, "mine");
    expect(await said(otherBody)).toEqual([422, "BYN-DATA-021"]);
    expect((await buy(await buyer(), { shipTo: { ...HOME, city: "Bonn" } }, "mine")).status).toBe(201);
  });

  test("of a checkout that failed answers the failure again, and orders nothing", async () => {
    const ada = await buyer();
    const declined: unknown = await (await buy(ada, { card: CARDS.declined }, "no")).json();
    const again = await buy(ada, { card: CARDS.declined }, "no");
    // The same but for the id of the request, by which the log is searched.
    const requestId = again.headers.get("x-request-id");
    expect([again.status, await again.json()]).toEqual([402, { ...(declined as object), requestId }]);
    expect([await charges(shop), (await ordersOf(ada)).length]).toEqual([{ declined: 1 }, 1]);
  });

  test("sent twice at once is one order, and both get its answer", async () => {
    const ada = await buyer();
    const answers = await Promise.all([buy(ada, {}, "twice"), buy(ada, {}, "twice")]);
    const bodies = await Promise.all(answers.map((answer) => answer.json()));
    expect([answers.map(({ status }) => status), bodies[1]]).toEqual([[201, 201], bodies[0]]);
    expect(await charges(shop)).toEqual({ charged: 1 });
  });

  test("whose first request empties the cart after the second has looked for an answer is that order for both", async () => {
    const ada = await buyer();
    let firstAnswer: unknown;
    between = ({ carts }) => ({
      carts: {
        ...carts,
        read: async (customerId) => {
          between = () => ({});
          firstAnswer = await (await buy(ada, {}, "late")).json();
          return carts.read(customerId);
        },
      },
    });
    const answer = await buy(ada, {}, "late");
    expect([answer.status, await answer.json()]).toEqual([201, firstAnswer]);
    expect(await charges(shop)).toEqual({ charged: 1 });
  });

  test("whose first request has emptied the cart and not ended waits for its end", async () => {
    const ada = await buyer();
    const goOn = Promise.withResolvers<void>();
    between = ({ carts }) => ({
      carts: {
        read: async (customerId) => {
          const emptied = Promise.withResolvers<void>();
          between = () => ({
            carts: {
              ...carts,
              ordered: async (...asked) => {
                await carts.ordered(...asked);
                emptied.resolve();
                await goOn.promise;
              },
            },
          });
          void buy(ada, {}, "both");
          await emptied.promise;
          between = () => ({});
          return carts.read(customerId);
        },
        ordered: carts.ordered,
      },
    });
    onSleep = goOn.resolve;
    const answer = await buy(ada, {}, "both");
    expect([answer.status, (await list(ada)).total, await charges(shop)]).toEqual([201, 1, { charged: 1 }]);
  });

  test("of a request that does not end is refused after a while, with Retry-After", async () => {
    const ada = await buyer();
    between = unreachable;
    waitedMs = 0;
    expect((await buy(ada, {}, "long")).status).toBe(202);
    const again = await buy(ada, {}, "long");
    expect([again.headers.get("retry-after"), ...(await said(again))]).toEqual(["1", 409, "BYN-SHOP-031"]);
    between = () => ({});
    expect(await resume()).toBe(1);
    expect(await said(await buy(ada, {}, "long"))).toEqual([503, "BYN-SHOP-017"]);
  });
});

/** The inventory gives no answer at all. */
function unreachable({ inventory }: Partners): Partial<Partners> {
  const silent = async (): Promise<never> => {
    throw new Error("no answer");
  };
  return { inventory: { ...inventory, reserve: silent, confirm: silent, release: silent, giveBack: silent } };
}

describe("a saga that breaks off", () => {
  test("before the charge: accepted, then undone by who resumes it; nothing is charged, also not late", async () => {
    const ada = await buyer();
    between = ({ cards }) => ({
      cards: {
        ...cards,
        charge: () => Promise.reject(new Error("died")),
        refund: () => Promise.reject(new Error("died")),
      },
    });
    waitedMs = 0;
    const answer = await buy(ada);
    const order = Order.parse(await answer.json());
    expect([
      answer.status,
      order.status,
      answer.headers.get("location"),
      answer.headers.get("retry-after"),
    ]).toEqual([202, "pending", `/api/orders/${order.id}`, "1"]);
    expect([stock.onHand(first), (await list(ada)).items[0]?.status]).toEqual([10, "pending"]);
    between = () => ({});
    expect(await resume()).toBe(1);
    expect(Order.parse(await (await show(order.id, ada)).json())).toMatchObject({
      status: "failed",
      failure: { code: "BYN-SHOP-017" },
      payment: { status: "refunded" },
    });
    expect([stock.onHand(first), stock.states()]).toEqual([10, { released: 1 }]);
    const late = await ground.partners.cards.charge(order.payment.id, { ...order.total, card: CARDS.good });
    expect(late).toMatchObject({ status: "declined", reason: "refunded before it came" });
    expect(await charges(shop)).toEqual({ refunded: 1 });
  });

  test("after the charge: who resumes it places it, and the key answers so", async () => {
    const ada = await buyer();
    between = ({ inventory, cards }) => ({
      inventory: { ...inventory, confirm: () => Promise.reject(new Error("died")) },
      cards,
    });
    waitedMs = 0;
    expect((await buy(ada, {}, "resumed")).status).toBe(202);
    between = () => ({});
    expect(await resume()).toBe(1);
    const answer = await buy(ada, {}, "resumed");
    expect([answer.status, Order.parse(await answer.json()).status]).toEqual([201, "placed"]);
    expect([await cartLines(shop, ada.cookie), stock.states()]).toEqual([[], { confirmed: 1 }]);
    expect(await charges(shop)).toEqual({ charged: 1 });
    expect(await resume()).toBe(0);
  });

  test("is left to its own request for a while", async () => {
    const ada = await buyer();
    between = unreachable;
    waitedMs = 0;
    expect((await buy(ada)).status).toBe(202);
    between = () => ({});
    expect(await resumeSagas(ground, { ownMs: 60_000, othersMs: 0 }, () => true)).toBe(0);
    expect(await resumeSagas(ground, { ownMs: 60_000, othersMs: 0 }, () => false)).toBe(1);
  });
});

describe("when the slot moves", () => {
  test("in the middle of a checkout, the new owner finishes it, and the request tells its end", async () => {
    const ada = await buyer();
    const moved = Promise.withResolvers<void>();
    between = ({ cards }) => ({
      cards: {
        ...cards,
        charge: async (...asked) => {
          const charge = await cards.charge(...asked);
          await other.take(ada.slot);
          moved.resolve();
          return charge;
        },
      },
    });
    const buying = buy(ada, {}, "moved");
    await moved.promise;
    between = () => ({});
    const there = other.ground(ground);
    await expect.poll(() => resume(there)).toBe(1);
    await other.tell(ada.slot);
    const answer = await buying;
    expect([answer.status, Order.parse(await answer.json()).status]).toEqual([201, "placed"]);
    expect([await charges(shop), stock.onHand(first)]).toEqual([{ charged: 1 }, 8]);
    expect(await cartLines(shop, ada.cookie)).toEqual([]);
    // The key went along: the same request is the same order at whoever owns the slot.
    await other.giveBack(ada.slot);
    expect((await buy(ada, {}, "moved")).status).toBe(201);
    expect((await list(ada)).total).toBe(1);
  });

  test("in the middle, and the end is not heard of here, it answers 202 and never 421", async () => {
    const ada = await buyer();
    between = ({ cards }) => ({
      cards: {
        ...cards,
        charge: async (...asked) => {
          const charge = await cards.charge(...asked);
          await other.take(ada.slot);
          waitedMs = 0;
          return charge;
        },
      },
    });
    const answer = await buy(ada);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([202, "1"]);
    const { id } = Order.parse(await answer.json());
    expect(answer.headers.get("location")).toBe(`/api/orders/${id}`);
    between = () => ({});
    expect(await resume(other.ground(ground))).toBe(1);
    await other.giveBack(ada.slot);
    expect(await (await show(id, ada)).json()).toMatchObject({ status: "placed" });
  });

  test("every request is 421 before it writes anything, also before its body is read", async () => {
    const ada = await buyer();
    const { id } = Order.parse(await (await buy(ada)).json());
    await other.take(ada.slot);
    await putIntoCart(shop, ada.cookie, first);
    const charged = await charges(shop);
    const away = { capability: ORDERS, slot: ada.slot, reason: "not-owner" };
    const broken = (path: string) =>
      fetch(shop.url + path, {
        method: "POST",
        headers: { "content-type": "application/json", cookie: ada.cookie },
        body: "{",
      });
    for (const answer of [
      await buy(ada),
      await buy(ada, {}, "a key"),
      await broken("/api/orders"),
      await shop.ask("/api/orders", { cookie: ada.cookie }),
      await shop.ask("/api/orders?page=0", { cookie: ada.cookie }),
      await show(id, ada),
      await show(id, { cookie: shop.admin }),
      await cancel(id, ada),
      await broken(`/api/orders/${id}/cancel`),
    ]) {
      expect(await said(answer)).toEqual([421, "BYN-DATA-020"]);
      expect(readMisdirected(answer.headers.get(MISDIRECTED_HEADER) ?? undefined)).toMatchObject(away);
    }
    const unknown = await show("0190a000-0000-7000-8000-00000000abcd", ada);
    expect(await said(unknown)).toEqual([421, "BYN-DATA-020"]);
    expect(readMisdirected(unknown.headers.get(MISDIRECTED_HEADER) ?? undefined)?.reason).toBe("unknown");
    // What can't be an order's id names none at either side.
    expect(await said(await show("nope", ada))).toEqual([404, "BYN-SHOP-003"]);
    expect((await ordersOf(ada)).map((order) => order.id)).toEqual([id]);
    expect(await charges(shop)).toEqual(charged);
    await other.giveBack(ada.slot);
    expect((await buy(ada)).status).toBe(201);
    expect(await said(await show("0190a000-0000-7000-8000-00000000abcd", ada))).toEqual([
      404,
      "BYN-SHOP-003",
    ]);
  });

  test("between the look and the first commit, it is 421 and nothing was begun", async () => {
    const ada = await buyer();
    between = ({ carts }) => ({
      carts: {
        ...carts,
        read: async (customerId) => {
          const cart = await carts.read(customerId);
          await other.take(ada.slot);
          return cart;
        },
      },
    });
    expect(await said(await buy(ada))).toEqual([421, "BYN-DATA-020"]);
    expect([await ordersOf(ada), await charges(shop), stock.states()]).toEqual([[], {}, {}]);
    await other.giveBack(ada.slot);
  });
});

describe("cancelling", () => {
  test("pays back and returns the pieces; once", async () => {
    const ada = await buyer();
    const placed = Order.parse(await (await buy(ada)).json());
    const answer = await cancel(placed.id, ada, {});
    const cancelled = Order.parse(await answer.json());
    expect([answer.status, cancelled]).toEqual([
      200,
      {
        ...placed,
        status: "cancelled",
        cancelledAt: expect.any(String),
        payment: { ...placed.payment, status: "refunded" },
      },
    ]);
    expect(await (await show(placed.id, ada)).json()).toEqual(cancelled);
    expect([await charges(shop), stock.onHand(first)]).toEqual([{ refunded: 1 }, 10]);
    expect(await said(await cancel(placed.id, ada))).toEqual([409, "BYN-SHOP-018"]);
    expect(stock.onHand(first)).toBe(10);
    expect(await said(await cancel(placed.id, ada, { why: "no" }))).toEqual([400, "BYN-SHOP-002"]);
  });

  test("twice at once returns the pieces once", async () => {
    const ada = await buyer();
    const { id } = Order.parse(await (await buy(ada)).json());
    const answers = await Promise.all([cancel(id, ada), cancel(id, { cookie: shop.admin })]);
    for (const { status } of answers) expect([200, 409]).toContain(status);
    expect(answers.map(({ status }) => status)).toContain(200);
    expect([await charges(shop), stock.onHand(first)]).toEqual([{ refunded: 1 }, 10]);
  });

  test("broken off says so, shows it, and is finished by who resumes it", async () => {
    const ada = await buyer();
    const { id } = Order.parse(await (await buy(ada)).json());
    between = unreachable;
    expect(await said(await cancel(id, ada))).toEqual([503, "BYN-SHOP-032"]);
    expect(Order.parse(await (await show(id, ada)).json()).status).toBe("cancelling");
    between = () => ({});
    expect(await resume()).toBe(1);
    expect(await (await show(id, ada)).json()).toMatchObject({
      status: "cancelled",
      payment: { status: "refunded" },
    });
    expect([await charges(shop), stock.onHand(first)]).toEqual([{ refunded: 1 }, 10]);
  });

  test("broken off is finished by asking again", async () => {
    const ada = await buyer();
    const { id } = Order.parse(await (await buy(ada)).json());
    await shop.cards.pool.query("ALTER TABLE charge RENAME TO lost");
    expect(await said(await cancel(id, ada))).toEqual([503, "BYN-SHOP-017"]);
    await shop.cards.pool.query("ALTER TABLE lost RENAME TO charge");
    expect(Order.parse(await (await cancel(id, ada)).json()).status).toBe("cancelled");
    expect(stock.onHand(first)).toBe(10);
  });

  test("of an order that is not placed is refused", async () => {
    const ada = await buyer();
    await buy(ada, { card: CARDS.declined });
    const [failed] = await ordersOf(ada);
    expect(await said(await cancel(failed?.id ?? "", ada))).toEqual([409, "BYN-SHOP-018"]);
  });
});

describe("somebody else's order", () => {
  test("is not there; an administrator sees and cancels it", async () => {
    const ada = await buyer();
    const { id } = Order.parse(await (await buy(ada)).json());
    const stranger = await buyer();
    expect(await said(await show(id, stranger))).toEqual([404, "BYN-SHOP-003"]);
    expect(await said(await cancel(id, stranger))).toEqual([404, "BYN-SHOP-003"]);
    expect((await list(stranger)).items).toEqual([]);
    expect((await show(id, { cookie: shop.admin })).status).toBe(200);
    expect((await cancel(id, { cookie: shop.admin })).status).toBe(200);
  });

  test.each([
    ["POST", "/api/orders"],
    ["GET", "/api/orders"],
    ["GET", "/api/orders/0190a000-0000-7000-8000-00000000abcd"],
    ["POST", "/api/orders/0190a000-0000-7000-8000-00000000abcd/cancel"],
  ])("and one's own ask for a session: %s %s", async (method, path) => {
    const answer = await shop.ask(path, { method, cookie: "session=a.b.c" });
    expect(await said(answer)).toEqual([401, "BYN-SHOP-005"]);
  });
});

test("a list is ordered by time, whatever the numbers say", async () => {
  const ada = await buyer();
  const ids: string[] = [];
  for (let n = 0; n < 3; n++) {
    await putIntoCart(shop, ada.cookie, first);
    ids.unshift(Order.parse(await (await buy(ada)).json()).id);
  }
  await shop.pool.query("UPDATE shop_order SET number = number + 1000000 WHERE id = $1", [ids.at(-1)]);
  expect((await list(ada)).items.map(({ id }) => id)).toEqual(ids);
});

test("the shop's pages and other routes are as they were", async () => {
  const ada = await buyer();
  expect((await shop.ask("/api/cart", { cookie: ada.cookie })).status).toBe(200);
  expect((await checkOut(shop, ada.cookie)).status).toBe(201);
  expect((await shop.ask("/orders", { cookie: ada.cookie })).status).toBe(200);
});
