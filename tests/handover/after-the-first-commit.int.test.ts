import { peerOf, SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { Order } from "@banyan/contracts/http/orders.ts";
import { until } from "@banyan/platform/log/sample.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { expectEqual, foreignTails, ordersOf } from "./equal.ts";
import {
  type Answer,
  ask,
  checkOut,
  ended,
  freeSkus,
  newPerson,
  onHandAt,
  orderOf,
  type Person,
  putInCart,
  setStock,
  slotOfSku,
} from "./people.ts";
import type { Caught, Passed } from "./tap.ts";
import { letGo, move, newKey, openWholeShop, ownerOf, type WholeShop } from "./whole-shop.ts";

/* What becomes of a checkout whose slot goes away under it, once its order is committed. */

/**
 * Requests are held back here for as long as slots take to move, and that is longer on a machine that is busy: a checkout
 * whose partner says nothing in time gives up with a 503, as it should. So this is a bound for what hangs.
 */
const PARTNER_MS = 50_000;

let shop: WholeShop;
let admin: Person;
let skus: string[];
const working: (() => Promise<void>)[] = [];

beforeAll(async () => {
  shop = await openWholeShop(inject("postgresUrl"), { partnerMs: PARTNER_MS });
  admin = await newPerson(shop, { role: "admin" });
  skus = await freeSkus(shop);
});
beforeEach(() => shop.cards.clear());
afterEach(async () => {
  for (const end of working.splice(0)) await end();
});
afterAll(() => shop?.stop());

async function allWork(): Promise<void> {
  for (const name of ["monolith", "orders", "inventory"] as const) working.push(await shop.work(name));
}

/** Ten pieces of something that nobody else buys. */
async function somethingToBuy(): Promise<string> {
  const sku = skus.pop();
  if (sku === undefined) throw new Error("all is taken");
  await setStock(shop.proxies[0], admin, sku, 10);
  return sku;
}

const isCharge = ({ method, path }: Passed) => method === "PUT" && /^\/charges\/[^/]+$/.test(path);
const tapOf = (side: Side) => (side === "monolith" ? shop.taps.monolith : shop.taps.orders);
const postsAt = (side: Side, key: string) => tapOf(side).passed.filter((passed) => passed.key === key);

/** One order and one charge, the same at both sides, and in the hands of who asked. */
async function expectOnce(person: Person, sku: string, order: Order): Promise<void> {
  expect(order).toMatchObject({ status: "placed", payment: { status: "charged" } });
  await expectEqual(shop.orders, person.slot);
  expect(await ordersOf(shop.orders, person.id)).toEqual({ monolith: ["placed"], extracted: ["placed"] });
  await expectEqual(shop.stock, slotOfSku(sku));
  for (const side of SIDES) expect(await onHandAt(shop, side, sku)).toBe(9);
  for (const origin of shop.proxies) {
    expect((await ask(origin, `/api/orders/${order.id}`, person)).json).toEqual(order);
  }
  expect((await ask(shop.proxies[0], "/api/cart", person)).json).toMatchObject({ items: 0 });
}

describe.each(SIDES)("a checkout that begins at the %s side", (from) => {
  const to = peerOf(from);
  let person: Person;
  let sku: string;
  const key = newKey();
  beforeEach(async () => {
    person = await newPerson(shop);
    await move(shop.orders, person.slot, from);
    sku = await somethingToBuy();
    await putInCart(shop.proxies[0], person, sku);
  });

  test("and is held open while its slot goes over is one order and one charge, and who asked gets it", async () => {
    await allWork();
    const charge = shop.taps.cards.hold("answer", isCharge);
    const answering = checkOut(shop.proxies[0], person, { key });
    await charge.there;
    await letGo(shop.orders, person.slot, to);
    charge.release();
    await until("it has arrived", async () => (await ownerOf(shop.orders, person.slot)) === to);
    const order = await orderOf(shop.proxies[1], person, await answering);
    await expectOnce(person, sku, order);
    expect(await shop.cards.books()).toEqual({ charged: 1 });
    const again = await checkOut(shop.proxies[1], person, { key });
    expect([again.status, Order.parse(again.json)]).toEqual([201, order]);
    expect(await foreignTails(shop.orders)).toBe(0);
  });

  test("and whose slot went and came back meanwhile ends where it began", async () => {
    const charge = shop.taps.cards.hold("answer", isCharge);
    const answering = checkOut(shop.proxies[1], person, { key });
    await charge.there;
    for (const side of [to, from]) await move(shop.orders, person.slot, side);
    charge.release();
    const answer = await answering;
    expect(answer.status).toBe(201);
    await expectOnce(person, sku, Order.parse(answer.json));
    expect(await shop.cards.books()).toEqual({ charged: 1 });
  });
});

interface Begun {
  readonly person: Person;
  readonly sku: string;
  readonly key: string;
  readonly caught: Caught;
  readonly answering: Promise<Answer>;
  /** Of the same request at the other side, before it came to its owner. */
  readonly elsewhere: number;
}

describe.each(SIDES)("after its first commit at the %s side a request is never answered 421", (from) => {
  const to = peerOf(from);

  async function ready(): Promise<{ readonly person: Person; readonly sku: string }> {
    const person = await newPerson(shop);
    await move(shop.orders, person.slot, from);
    const sku = await somethingToBuy();
    await putInCart(shop.proxies[0], person, sku);
    return { person, sku };
  }

  /** Begins a checkout and waits until it is where the test wants it: its order is committed by then. */
  async function begin({ person, sku }: Awaited<ReturnType<typeof ready>>, caught: Caught): Promise<Begun> {
    const key = newKey();
    const answering = checkOut(shop.proxies[0], person, { key });
    await caught.there;
    expect((await ordersOf(shop.orders, person.id))[from]).toEqual(["pending"]);
    return { person, sku, key, caught, answering, elsewhere: postsAt(to, key).length };
  }

  test("wherever in its saga it is", async () => {
    const { cards, monolith } = shop.taps;
    const stockAt = (at: "request" | "answer", end: RegExp) => (sku: string) =>
      monolith.hold(at, ({ path }) => path.includes(sku) && end.test(path));
    const cartAt = (at: "request" | "answer") => () =>
      monolith.hold(at, ({ path }) => path.includes("/ordered/"));
    const moments = [
      stockAt("request", /\/reservations\/[^/]+$/),
      stockAt("answer", /\/reservations\/[^/]+$/),
      () => cards.hold("request", isCharge),
      () => cards.hold("answer", isCharge),
      stockAt("request", /\/confirmation$/),
      stockAt("answer", /\/confirmation$/),
      // The monolith's carts are its own, and so asked for by nobody.
      ...(from === "extracted" ? [cartAt("request"), cartAt("answer")] : []),
    ];
    const begun: Begun[] = [];
    const people = await Promise.all(moments.map(ready));
    for (const [n, one] of people.entries()) {
      const moment = moments[n];
      if (moment !== undefined) begun.push(await begin(one, moment(one.sku)));
    }
    for (const { person } of begun) await move(shop.orders, person.slot, to);
    for (const { caught } of begun) caught.release();
    // Then only a worker may look: one that comes before the charge gives the order up, which is another test's.
    const areCharged = async () => (await shop.cards.books()).charged === moments.length;
    await until("every card is charged", areCharged);
    await allWork();
    for (const { person, sku, key, answering, elsewhere } of begun) {
      const answer = await answering;
      expect([201, 202]).toContain(answer.status);
      await expectOnce(person, sku, await orderOf(shop.proxies[1], person, answer));
      const said = postsAt(from, key).map(({ status, misdirected }) => [status, misdirected]);
      expect(said).toEqual([[answer.status, undefined]]);
      expect(postsAt(to, key)).toHaveLength(elsewhere);
    }
    expect(await shop.cards.books()).toEqual({ charged: moments.length });
  });

  test("a cancelling neither", async () => {
    const { person, sku } = await ready();
    const placed = Order.parse((await checkOut(shop.proxies[0], person)).json);
    const path = `/api/orders/${placed.id}/cancel`;
    const refund = shop.taps.cards.hold("answer", (passed) => passed.path.endsWith("/refund"));
    const answering = ask(shop.proxies[0], path, person, { method: "POST" });
    await refund.there;
    await move(shop.orders, person.slot, to);
    refund.release();
    const answer = await answering;
    expect([answer.status, Order.parse(answer.json).status]).toEqual([200, "cancelling"]);
    const said = tapOf(from).passed.filter((passed) => passed.path === path);
    expect(said.map(({ status, misdirected }) => [status, misdirected])).toEqual([[200, undefined]]);
    await allWork();
    const order = await ended(shop.proxies[1], person, `/api/orders/${placed.id}`);
    expect(order).toMatchObject({ status: "cancelled", payment: { status: "refunded" } });
    expect(await shop.cards.books()).toEqual({ refunded: 1 });
    await expectEqual(shop.orders, person.slot);
    expect(await ordersOf(shop.orders, person.id)).toEqual({
      monolith: ["cancelled"],
      extracted: ["cancelled"],
    });
    await expectEqual(shop.stock, slotOfSku(sku));
    for (const side of SIDES) expect(await onHandAt(shop, side, sku)).toBe(10);
  });
});

test("before its first commit a request goes where its slot went, and leaves nothing behind", async () => {
  const person = await newPerson(shop);
  await move(shop.orders, person.slot, "extracted");
  const sku = await somethingToBuy();
  await putInCart(shop.proxies[0], person, sku);
  const key = newKey();
  // It owned the slot when the request came, and reads the cart: the next is the commit.
  const cart = shop.taps.monolith.hold(
    "answer",
    ({ path }) => path === `/internal/customers/${person.id}/cart`,
  );
  const answering = checkOut(shop.proxies[1], person, { key });
  await cart.there;
  await move(shop.orders, person.slot, "monolith");
  cart.release();
  const answer = await answering;
  expect(answer.status).toBe(201);
  expect(postsAt("extracted", key).map(({ status }) => status)).toEqual([421]);
  expect(postsAt("monolith", key).map(({ status }) => status)).toEqual([201]);
  await expectOnce(person, sku, Order.parse(answer.json));
  expect(await shop.cards.books()).toEqual({ charged: 1 });
  expect(await foreignTails(shop.orders)).toBe(0);
});
