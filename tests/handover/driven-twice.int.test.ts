import { peerOf, SIDES } from "@banyan/contracts/http/headers.ts";
import { Order } from "@banyan/contracts/http/orders.ts";
import { until } from "@banyan/platform/log/sample.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
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
import type { Passed } from "./tap.ts";
import { catchUp, move, newKey, openWholeShop, type WholeShop } from "./whole-shop.ts";

/*
 * A saga that two drive at once: the request at the side that took the order, slow but alive, and the worker of the side
 * that its slot went to. Whoever decides first, the other comes to the same end.
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
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => shop?.stop());

const isCharge = ({ method, path }: Passed) => method === "PUT" && /^\/charges\/[^/]+$/.test(path);

describe.each(SIDES)("an order that the %s side took, and the other side's worker finds,", (from) => {
  const to = peerOf(from);
  let person: Person;
  let bought: readonly [string, string];

  beforeEach(async () => {
    await shop.cards.clear();
    bought = [skus.pop() ?? "", skus.pop() ?? ""];
    person = await newPerson(shop);
    await move(shop.orders, person.slot, from);
    for (const sku of bought) {
      await setStock(shop.proxies[0], admin, sku, 10);
      await putInCart(shop.proxies[0], person, sku);
    }
  });

  /** The slot goes over in the middle of the charge. */
  async function goesOver(at: "request" | "answer") {
    const charge = shop.taps.cards.hold(at, isCharge);
    ends.push(async () => charge.release());
    const answering = checkOut(shop.proxies[0], person, { key: newKey() });
    await charge.there;
    await move(shop.orders, person.slot, to);
    return { charge, answering };
  }

  async function expectEnd(status: string, left: number, books: object): Promise<void> {
    await expectEqual(shop.orders, person.slot);
    expect(await ordersOf(shop.orders, person.id)).toEqual({ monolith: [status], extracted: [status] });
    for (const sku of bought) {
      await expectEqual(shop.stock, slotOfSku(sku));
      for (const side of SIDES) expect(await onHandAt(shop, side, sku)).toBe(left);
    }
    expect(await shop.cards.books()).toEqual(books);
  }

  test("is placed once though who took it gives up on the answer to its charge", async () => {
    const { answering } = await goesOver("answer");
    expect(await shop.resume(to)).toBe(1);
    await catchUp(shop.orders, person.slot, from);
    // The answer stays away for good: the request gives up, wants to undo, and finds all confirmed.
    const answer = await answering;
    expect([answer.status, Order.parse(answer.json).status]).toEqual([201, "placed"]);
    await expectEnd("placed", 9, { charged: 1 });
  });

  test("is given up once though its charge comes in after that", async () => {
    const { charge, answering } = await goesOver("request");
    expect(await shop.resume(to)).toBe(1);
    await catchUp(shop.orders, person.slot, from);
    charge.release();
    const answer = await answering;
    expect([answer.status, codeOf(answer)]).toEqual([503, "BYN-SHOP-017"]);
    await expectEnd("failed", 10, { refunded: 1 });
  });

  test("is given up by both when one has released a line and the other has confirmed the other", async () => {
    const [first, second] = bought;
    const wire = shop.taps.monolith;
    const releaseOf = (sku: string) => (passed: Passed) =>
      passed.path.includes(sku) && passed.path.endsWith("/release");
    const releasing = wire.hold("request", releaseOf(first));
    ends.push(async () => releasing.release());
    const { answering } = await goesOver("answer");
    const late = await releasing.there; // the request has given up on its charge
    await until("the other line is free", () =>
      wire.passed.some((one) => releaseOf(second)(one) && one.status === 200),
    );
    expect(await shop.resume(to)).toBe(1);
    await catchUp(shop.orders, person.slot, from);
    const confirmations = wire.passed.filter(({ path }) => path.endsWith("/confirmation")).slice(-2);
    expect(confirmations.map(({ status }) => status).sort()).toEqual([200, 409]);
    releasing.release();
    expect(codeOf(await answering)).toBe("BYN-SHOP-028");
    expect(late.status).toBe(200);
    await expectEnd("failed", 10, { refunded: 1 });
  });
});
