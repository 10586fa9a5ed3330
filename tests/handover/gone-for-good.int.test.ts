import { peerOf, SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { Order } from "@banyan/contracts/http/orders.ts";
import { until } from "@banyan/platform/log/sample.ts";
import { type Host, startHost } from "@banyan/scripts/hosts/host.fixture.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { expectEqual, ordersOf } from "./equal.ts";
import {
  ask,
  checkOut,
  checkOutUntilAnswered,
  codeOf,
  ended,
  freeSkus,
  newPerson,
  onHandAt,
  type Person,
  putInCart,
  setStock,
  slotOfSku,
} from "./people.ts";
import type { Caught, Passed } from "./tap.ts";
import { move, newKey, openWholeShop, type WholeShop } from "./whole-shop.ts";

/*
 * A process that dies in the middle of a checkout and never comes back, and whose side's worker never runs: its slot is
 * handed over by the databases alone, and the other side's worker ends what it began. Both directions.
 */

let shop: WholeShop;
let admin: Person;
let skus: string[];
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  shop = await openWholeShop(inject("postgresUrl"));
  admin = await newPerson(shop, { role: "admin" });
  skus = await freeSkus(shop);
});
beforeEach(() => shop.cards.clear());
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => shop?.stop());

const isCharge = ({ method, path }: Passed) => method === "PUT" && /^\/charges\/[^/]+$/.test(path);
const WORKER = { monolith: "monolith", extracted: "orders" } as const;
const PROCESS = { monolith: "../../monolith/main.ts", extracted: "../../extracted/orders/main.ts" };
const environmentOf = (side: Side) => shop.environments[side === "monolith" ? "monolith" : "orders"];

describe.each(SIDES)("the %s side's process dies and stays away", (from) => {
  const to = peerOf(from);
  let dying: Host;
  let origin: string;
  let person: Person;
  let sku: string;
  let key: string;

  beforeEach(async () => {
    dying = startHost(PROCESS[from], environmentOf(from));
    ends.push(() => dying.stop());
    origin = `http://127.0.0.1:${(await dying.said(({ port }) => port !== undefined)).port}`;
    sku = skus.pop() ?? "";
    await setStock(shop.proxies[0], admin, sku, 10);
    person = await newPerson(shop);
    await move(shop.orders, person.slot, from);
    await putInCart(shop.proxies[0], person, sku);
    key = newKey();
  });

  /** Kills it when it is there, hands its slot over, and lets the new owner's worker come. */
  async function dieAt(caught: Caught): Promise<void> {
    const broken = checkOut(origin, person, { key }).catch(() => "broken");
    await caught.there;
    dying.child.kill("SIGKILL");
    expect(await broken).toBe("broken");
    expect((await ordersOf(shop.orders, person.id))[from]).toEqual(["pending"]);
    await move(shop.orders, person.slot, to);
    ends.push(await shop.work(WORKER[to]));
  }

  async function expectBoth(status: string, left: number): Promise<void> {
    await expectEqual(shop.orders, person.slot);
    expect(await ordersOf(shop.orders, person.id)).toEqual({ monolith: [status], extracted: [status] });
    await expectEqual(shop.stock, slotOfSku(sku));
    for (const side of SIDES) expect(await onHandAt(shop, side, sku)).toBe(left);
  }

  test("after the charge was made: it becomes the order that was paid, by whoever owns the slot then", async () => {
    const charge = shop.taps.cards.hold("answer", isCharge);
    ends.push(async () => charge.release());
    await dieAt(charge);
    const answer = await checkOutUntilAnswered(shop, person, key);
    expect(answer.status).toBe(201);
    const order = Order.parse(answer.json);
    expect(order).toMatchObject({ status: "placed", payment: { status: "charged" } });
    await expectBoth("placed", 9);
    expect(await shop.cards.books()).toEqual({ charged: 1 });
    expect((await ask(shop.proxies[0], "/api/cart", person)).json).toMatchObject({ items: 0 });
    expect((await ask(shop.proxies[1], `/api/orders/${order.id}`, person)).json).toEqual(order);
  });

  test("before the charge came in: it fails, and the charge that comes late takes nothing", async () => {
    const charge = shop.taps.cards.hold("request", isCharge);
    await dieAt(charge);
    const answer = await checkOutUntilAnswered(shop, person, key);
    expect([answer.status, codeOf(answer)]).toEqual([503, "BYN-SHOP-017"]);
    charge.release();
    const late = await charge.there;
    await until("it was answered", () => late.status === 402);
    expect(await shop.cards.books()).toEqual({ refunded: 1 });
    await expectBoth("failed", 10);
    // Nothing was ordered, so the cart is as it was, and a new request is a new order.
    const again = Order.parse((await checkOutUntilAnswered(shop, person, newKey())).json);
    expect(again.status).toBe("placed");
  });

  test("before its stock was reserved: it fails, and the reservation that comes late takes nothing", async () => {
    const wire = shop.taps.monolith;
    const reserve = wire.hold(
      "request",
      ({ path }) => path.includes(sku) && /\/reservations\/[^/]+$/.test(path),
    );
    await dieAt(reserve);
    const answer = await checkOutUntilAnswered(shop, person, key);
    expect([answer.status, codeOf(answer)]).toEqual([503, "BYN-SHOP-017"]);
    reserve.release();
    const late = await reserve.there;
    await until("it was refused", () => late.status === 409);
    await expectBoth("failed", 10);
    expect(await shop.cards.books()).toEqual({ refunded: 1 });
  });

  test("in the middle of a cancelling: the money and the pieces go back once", async () => {
    const placed = Order.parse((await checkOut(origin, person, { key })).json);
    const path = `/api/orders/${placed.id}/cancel`;
    const refund = shop.taps.cards.hold("answer", (passed) => passed.path.endsWith("/refund"));
    ends.push(async () => refund.release());
    const broken = ask(origin, path, person, { method: "POST" }).catch(() => "broken");
    await refund.there;
    dying.child.kill("SIGKILL");
    expect(await broken).toBe("broken");
    await move(shop.orders, person.slot, to);
    ends.push(await shop.work(WORKER[to]));
    const order = await ended(shop.proxies[1], person, `/api/orders/${placed.id}`);
    expect(order).toMatchObject({ status: "cancelled", payment: { status: "refunded" } });
    await expectBoth("cancelled", 10);
    expect(await shop.cards.books()).toEqual({ refunded: 1 });
  });
});
