import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { peerOf, SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { Order, OrderPage } from "@banyan/contracts/http/orders.ts";
import { until } from "@banyan/platform/log/sample.ts";
import { type Host, startHost } from "@banyan/scripts/hosts/host.fixture.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { expectEqual, ordersOf } from "./equal.ts";
import {
  ask,
  askUntilAnswered,
  checkOut,
  checkOutUntilAnswered,
  codeOf,
  freeSkus,
  newPerson,
  onHandAt,
  orderOf,
  type Person,
  putInCart,
  setStock,
  slotOfSku,
} from "./people.ts";
import { proxyFile } from "./proxies.ts";
import { catchUp, letGo, move, newKey, openWholeShop, ownerOf, type WholeShop } from "./whole-shop.ts";

/* Two proxies before one shop: one dies, both believe different things, and the same request comes through both. */

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
  for (const end of ends.splice(0)) await end();
});
afterAll(() => shop?.stop());

/** Ten pieces of something that nobody else buys. */
async function somethingToBuy(): Promise<string> {
  const sku = skus.pop();
  if (sku === undefined) throw new Error("all is taken");
  await setStock(shop.proxies[0], admin, sku, 10);
  return sku;
}

async function buyerOf(sku: string): Promise<Person> {
  const person = await newPerson(shop);
  await putInCart(shop.proxies[0], person, sku);
  return person;
}

const postsOf = (key: string) =>
  [...shop.taps.monolith.passed, ...shop.taps.orders.passed].filter((passed) => passed.key === key);

async function expectOneOrder(person: Person, sku: string, left = 9): Promise<void> {
  await expectEqual(shop.orders, person.slot);
  expect(await ordersOf(shop.orders, person.id)).toEqual({ monolith: ["placed"], extracted: ["placed"] });
  expect(await shop.cards.books()).toEqual({ charged: 1 });
  await expectEqual(shop.stock, slotOfSku(sku));
  for (const side of SIDES) expect(await onHandAt(shop, side, sku)).toBe(left);
}

describe("a proxy that is killed", () => {
  let dying: Host;
  let origin: string;
  beforeEach(async () => {
    const { monolith, orders, inventory } = shop.taps;
    const upstreams = { monolith: monolith.url, orders: orders.url, inventory: inventory.url };
    const file = join(shop.folder, "dying.yaml");
    await writeFile(file, proxyFile({ ...upstreams, jwks: monolith.url }, 0));
    dying = startHost("../../proxy/main.ts", {}, ["--config", file]);
    ends.push(() => dying.stop());
    origin = `http://127.0.0.1:${(await dying.said(({ port }) => port !== undefined)).port}`;
  });

  test("with a request that it holds leaves one order to the client that asks another proxy", async () => {
    const sku = await somethingToBuy();
    const person = await buyerOf(sku);
    const key = newKey();
    await letGo(shop.orders, person.slot, "extracted");
    const broken = checkOut(origin, person, { key }).catch(() => "broken");
    await until("both sides have refused it", () => {
      const sides = [shop.taps.monolith, shop.taps.orders];
      return sides.every(({ passed }) => passed.some((one) => one.key === key && one.status === 421));
    });
    dying.child.kill("SIGKILL");
    expect(await broken).toBe("broken");
    const answering = checkOutUntilAnswered(shop, person, key);
    await catchUp(shop.orders, person.slot, "extracted");
    const answer = await answering;
    expect(answer.status).toBe(201);
    await expectOneOrder(person, sku);
    expect(postsOf(key).filter(({ status }) => status !== 421)).toHaveLength(1);
  });

  test.each(SIDES)(
    "with a request that the %s side works on leaves one order to the client that asks another proxy",
    async (owner) => {
      const sku = await somethingToBuy();
      const person = await buyerOf(sku);
      await move(shop.orders, person.slot, owner);
      const key = newKey();
      const charge = shop.taps.cards.hold("answer", ({ method }) => method === "PUT");
      const broken = checkOut(origin, person, { key }).catch(() => "broken");
      await charge.there;
      dying.child.kill("SIGKILL");
      expect(await broken).toBe("broken");
      const answering = checkOutUntilAnswered(shop, person, key);
      await until("it has come by another proxy", () => postsOf(key).length > 1);
      charge.release();
      const answer = await answering;
      expect(answer.status).toBe(201);
      expect(Order.parse(answer.json)).toMatchObject({ customerId: person.id, status: "placed" });
      await expectOneOrder(person, sku);
    },
  );
});

describe("what one proxy acknowledged the other one shows at once,", () => {
  const FLIPS = 8;
  /**
   * Looks again and again while the slot goes to and fro. Each look has one flip in it, a request later than the look
   * before had: so they fall before, into and after what is written and read.
   */
  async function lookingWhile(flip: (to: Side) => Promise<void>, look: () => Promise<void>): Promise<void> {
    const asked = () => Object.values(shop.taps).reduce((sum, { passed }) => sum + passed.length, 0);
    for (let flips = 0; flips < FLIPS; flips++) {
      const from = asked();
      let looked = false;
      const looking = look().finally(() => {
        looked = true;
      });
      const flipping = until("its moment comes", () => looked || asked() > from + flips).then(() =>
        flip(flips % 2 === 0 ? "extracted" : "monolith"),
      );
      await Promise.all([looking, flipping]);
    }
  }
  const proxiesOf = (n: number): readonly [string, string] => {
    const [first, second] = shop.proxies;
    return n % 2 === 0 ? [first, second] : [second, first];
  };

  test("of a customer's orders, at any moment of a handover", async () => {
    const sku = await somethingToBuy();
    await setStock(shop.proxies[0], admin, sku, 1_000);
    const person = await newPerson(shop);
    for (const name of ["monolith", "orders", "inventory"] as const) ends.push(await shop.work(name));
    let bought = 0;
    await lookingWhile(
      (to) => move(shop.orders, person.slot, to),
      async () => {
        const [one, other] = proxiesOf(bought);
        await putInCart(one, person, sku);
        const placed = await orderOf(one, person, await checkOutUntilAnswered(shop, person, newKey()));
        bought += 1;
        const path = `/api/orders/${placed.id}`;
        for (const origin of [other, one]) {
          const shown = await askUntilAnswered(origin, path, person);
          expect([shown.status, shown.json]).toEqual([200, placed]);
          const list = await askUntilAnswered(origin, "/api/orders?perPage=48", person);
          const { items } = OrderPage.parse(list.json);
          expect([items[0]?.id, items.length]).toEqual([placed.id, bought]);
        }
        const cancelling = await askUntilAnswered(other, `${path}/cancel`, person, { method: "POST" });
        const said = Order.parse(cancelling.json);
        const seen = Order.parse((await askUntilAnswered(one, path, person)).json);
        // One whose slot went away in the middle is `cancelling`, and the new owner's worker may have ended it by now.
        expect(said.status === "cancelled" ? ["cancelled"] : ["cancelling", "cancelled"]).toContain(
          seen.status,
        );
      },
    );
  });

  test("of a SKU's stock, at any moment of a handover", async () => {
    const sku = await somethingToBuy();
    let counted = 10;
    await lookingWhile(
      (to) => move(shop.stock, slotOfSku(sku), to),
      async () => {
        for (let times = 0; times < FLIPS; times++) {
          counted += 1;
          const [one, other] = proxiesOf(counted);
          await setStock(one, admin, sku, counted);
          const shown = await askUntilAnswered(other, `/api/inventory/${sku}`, admin);
          expect([shown.status, shown.json]).toMatchObject([200, { available: counted }]);
        }
      },
    );
  });
});

describe.each(SIDES)("a proxy that still believes the %s side, whose copy is behind,", (from) => {
  const to = peerOf(from);
  // By its flag, and by what it was told last.
  const [stale, other] = from === "monolith" ? ([0, 1] as const) : ([1, 0] as const);
  let person: Person;
  let sku: string;
  let before: Order;

  beforeEach(async () => {
    sku = await somethingToBuy();
    person = await newPerson(shop);
    await move(shop.orders, person.slot, from);
    await move(shop.stock, slotOfSku(sku), from);
    await putInCart(shop.proxies[stale], person, sku);
    before = Order.parse((await checkOut(shop.proxies[stale], person)).json);
    await move(shop.orders, person.slot, to);
    await move(shop.stock, slotOfSku(sku), to);
  });

  test("shows in a customer's list what the other one took", async () => {
    await putInCart(shop.proxies[other], person, sku);
    const placed = Order.parse((await checkOut(shop.proxies[other], person)).json);
    expect((await ordersOf(shop.orders, person.id))[from]).toEqual(["placed"]);
    const list = await ask(shop.proxies[stale], "/api/orders", person);
    expect(OrderPage.parse(list.json).items.map(({ id }) => id)).toEqual([placed.id, before.id]);
  });

  test("shows of an order what the other one changed, and changes it no second time", async () => {
    const path = `/api/orders/${before.id}`;
    const cancelled = await ask(shop.proxies[other], `${path}/cancel`, person, { method: "POST" });
    expect(Order.parse(cancelled.json).status).toBe("cancelled");
    expect((await ordersOf(shop.orders, person.id))[from]).toEqual(["placed"]);
    expect((await ask(shop.proxies[stale], path, person)).json).toEqual(cancelled.json);
    const again = await ask(shop.proxies[stale], `${path}/cancel`, person, { method: "POST" });
    expect([again.status, codeOf(again)]).toEqual([409, "BYN-SHOP-018"]);
    expect(await shop.cards.books()).toEqual({ refunded: 1 });
  });

  test("shows of stock what the other one counted", async () => {
    await setStock(shop.proxies[other], admin, sku, 77);
    expect(await onHandAt(shop, from, sku)).toBe(9);
    const shown = await ask(shop.proxies[stale], `/api/inventory/${sku}`, person);
    expect([shown.status, shown.json]).toMatchObject([200, { available: 77 }]);
  });
});

describe("under one idempotency key", () => {
  test("the same request by both proxies, while nobody owns the slot, is one order", async () => {
    const sku = await somethingToBuy();
    const person = await buyerOf(sku);
    const key = newKey();
    await letGo(shop.orders, person.slot, "extracted");
    const both = shop.proxies.map((origin) => checkOut(origin, person, { key }));
    await until("both proxies have asked both sides", () => {
      const sides = [shop.taps.monolith, shop.taps.orders];
      return sides.every(({ passed }) => passed.filter((one) => one.key === key).length >= 2);
    });
    await catchUp(shop.orders, person.slot, "extracted");
    const answers = await Promise.all(both);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[0]?.json).toEqual(answers[1]?.json);
    await expectOneOrder(person, sku);
  });

  test("another body is refused wherever it goes: before, while nobody owns the slot, and after", async () => {
    const sku = await somethingToBuy();
    const person = await buyerOf(sku);
    const key = newKey();
    const first = await checkOut(shop.proxies[0], person, { key });
    expect(first.status).toBe(201);
    await putInCart(shop.proxies[0], person, sku);
    const other = { key, street: "2 Long Row" };
    const refused = async (sending = shop.proxies.map((origin) => checkOut(origin, person, other))) => {
      const answers = await Promise.all(sending);
      expect(answers.map((answer) => [answer.status, codeOf(answer)])).toEqual([
        [422, "BYN-DATA-021"],
        [422, "BYN-DATA-021"],
      ]);
    };
    await refused();
    await letGo(shop.orders, person.slot, "extracted");
    const asked = postsOf(key).length;
    const held = shop.proxies.map((origin) => checkOut(origin, person, other));
    await until("both are held", () => postsOf(key).length >= asked + 4);
    await catchUp(shop.orders, person.slot, "extracted");
    await refused(held);
    expect(await ownerOf(shop.orders, person.slot)).toBe("extracted");
    await refused();
    const replayed = await checkOut(shop.proxies[1], person, { key });
    expect([replayed.status, replayed.json]).toEqual([201, first.json]);
    await expectOneOrder(person, sku);
  });
});
