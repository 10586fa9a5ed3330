import { peerOf, SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { Order } from "@banyan/contracts/http/orders.ts";
import { CARDS } from "@banyan/orders/orders.fixture.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { expectEqual, ordersOf } from "./equal.ts";
import {
  checkOut,
  codeOf,
  freeSkus,
  newPerson,
  onHandAt,
  type Person,
  putInCart,
  setStock,
  slotOfSku,
} from "./people.ts";
import { catchUp, letGo, move, openWholeShop, ownerOf, type WholeShop } from "./whole-shop.ts";

/* One order over two SKUs, of which one is the monolith's and one the extracted inventory's. */

let shop: WholeShop;
let admin: Person;
let skus: string[];
let person: Person;
/** By the side that owns it. */
let of: Record<Side, string>;

beforeAll(async () => {
  shop = await openWholeShop(inject("postgresUrl"));
  admin = await newPerson(shop, { role: "admin" });
  skus = await freeSkus(shop);
});
afterAll(() => shop?.stop());

async function owned(side: Side): Promise<string> {
  const sku = skus.pop() ?? "";
  await setStock(shop.proxies[0], admin, sku, 10);
  await move(shop.stock, slotOfSku(sku), side);
  return sku;
}

/** Reservations of the SKU as its owner has them; and nobody but its owner was ever asked and did it. */
async function reservations(side: Side): Promise<string[]> {
  const sku = of[side];
  expect(await ownerOf(shop.stock, slotOfSku(sku))).toBe(side);
  const { rows } = await shop.stock[side].pool.query<{ state: string; quantity: number }>(
    "SELECT state, quantity FROM reservation WHERE sku = $1",
    [sku],
  );
  const other = side === "monolith" ? shop.taps.inventory : shop.taps.monolith;
  const elsewhere = other.passed.filter(({ path }) => path.startsWith(`/internal/inventory/${sku}/`));
  expect(elsewhere.filter(({ status }) => status !== 421)).toEqual([]);
  return rows.map(({ state, quantity }) => `${quantity} ${state}`);
}

/** What is left on the shelf of each, at its owner; its copy has the same. */
async function left(): Promise<Record<Side, number | undefined>> {
  const pieces: Partial<Record<Side, number | undefined>> = {};
  for (const side of SIDES) {
    expect(await expectEqual(shop.stock, slotOfSku(of[side]))).toBe(side);
    pieces[side] = await onHandAt(shop, side, of[side]);
    expect(await onHandAt(shop, peerOf(side), of[side])).toBe(pieces[side]);
  }
  return pieces as Record<Side, number | undefined>;
}

describe.each(SIDES)("an order that the %s side takes, over SKUs of two owners,", (taking) => {
  beforeEach(async () => {
    await shop.cards.clear();
    of = { monolith: await owned("monolith"), extracted: await owned("extracted") };
    person = await newPerson(shop);
    await move(shop.orders, person.slot, taking);
    await putInCart(shop.proxies[0], person, of.monolith, 2);
    await putInCart(shop.proxies[0], person, of.extracted, 3);
  });

  test("has both reserved at their owners while it is being paid, and confirmed after", async () => {
    const charge = shop.taps.cards.hold("request", ({ method }) => method === "PUT");
    const answering = checkOut(shop.proxies[0], person);
    await charge.there;
    expect(await reservations("monolith")).toEqual(["2 held"]);
    expect(await reservations("extracted")).toEqual(["3 held"]);
    expect(await left()).toEqual({ monolith: 8, extracted: 7 });
    charge.release();
    expect(Order.parse((await answering).json)).toMatchObject({ status: "placed" });
    expect(await reservations("monolith")).toEqual(["2 confirmed"]);
    expect(await reservations("extracted")).toEqual(["3 confirmed"]);
    expect(await left()).toEqual({ monolith: 8, extracted: 7 });
    expect(await shop.cards.books()).toEqual({ charged: 1 });
  });

  test("has both free again when the card is declined", async () => {
    const answer = await checkOut(shop.proxies[1], person, { card: CARDS.declined });
    expect([answer.status, codeOf(answer)]).toEqual([402, "BYN-SHOP-016"]);
    expect(await reservations("monolith")).toEqual(["2 released"]);
    expect(await reservations("extracted")).toEqual(["3 released"]);
    expect(await left()).toEqual({ monolith: 10, extracted: 10 });
    expect(await shop.cards.books()).toEqual({ declined: 1 });
    expect((await ordersOf(shop.orders, person.id))[taking]).toEqual(["failed"]);
  });

  test.each(SIDES)("holds nothing when there is not enough of the %s side's", async (short) => {
    await setStock(shop.proxies[0], admin, of[short], 1);
    const answer = await checkOut(shop.proxies[0], person);
    expect([answer.status, codeOf(answer)]).toEqual([409, "BYN-SHOP-015"]);
    expect(answer.json).toMatchObject({ errors: [{ place: of[short], message: "only 1 left" }] });
    expect((await reservations(short)).filter((each) => !each.endsWith("released"))).toEqual([]);
    const full = peerOf(short);
    expect(await reservations(full)).toEqual([full === "monolith" ? "2 released" : "3 released"]);
    expect(await left()).toEqual({ [short]: 1, [full]: 10 });
    expect(await shop.cards.books()).toEqual({});
  });

  test("is placed also when one of them changes its owner between reserving and confirming", async () => {
    const charge = shop.taps.cards.hold("request", ({ method }) => method === "PUT");
    const answering = checkOut(shop.proxies[0], person);
    await charge.there;
    // Exactly one is on its way while both are confirmed: nobody owns it when it is asked for.
    const { monolith: sku } = of;
    await letGo(shop.stock, slotOfSku(sku), "extracted");
    const asked = shop.taps.inventory.hold(
      "answer",
      ({ path }) => path.includes(sku) && /confirm/.test(path),
    );
    charge.release();
    await asked.there;
    asked.release();
    await catchUp(shop.stock, slotOfSku(sku), "extracted");
    expect(Order.parse((await answering).json)).toMatchObject({ status: "placed" });
    const { rows } = await shop.stock.extracted.pool.query<{ state: string }>(
      "SELECT state FROM reservation WHERE sku = ANY ($1)",
      [[of.monolith, of.extracted]],
    );
    expect(rows.map(({ state }) => state)).toEqual(["confirmed", "confirmed"]);
    await expectEqual(shop.stock, slotOfSku(sku));
    for (const side of SIDES) expect(await onHandAt(shop, side, sku)).toBe(8);
  });
});
