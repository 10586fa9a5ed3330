import { randomBytes } from "node:crypto";
import { Order } from "@banyan/contracts/http/orders.ts";
import type { CardProcessor } from "@banyan/shop/checkout/partners.ts";
import { httpCardProcessor } from "@banyan/shop/clients/http-card-processor.ts";
import type { Pool, PoolClient } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { uuidV7 } from "../adapters/identifier.ts";
import { settleAttempts } from "../payments/charge-attempts.ts";
import { codeOf, openShop, type Shop, silent } from "../shop.fixture.ts";
import {
  CARDS,
  cartLines,
  charges,
  checkOut,
  HOME,
  lockWaits,
  newBuyer,
  orderCount,
  productsInStock,
  putIntoCart,
  setStock,
  stockOf,
} from "./buying.fixture.ts";
import { checkout } from "./checkout.ts";

let shop: Shop;
let skus: readonly string[];
let [first = "", second = ""]: readonly string[] = [];
let mailsRefused = false;

beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"), {
    cardDeadlineMs: 400,
    mailer: (kept) => ({
      send: (mail) => (mailsRefused ? Promise.reject(new Error("no mail server")) : kept.send(mail)),
    }),
  });
  skus = await productsInStock(shop, 3, 10);
  [first = "", second = ""] = skus;
});
afterAll(() => shop.stop());

/** Each test starts with the same stock and an empty book of charges. */
beforeEach(async () => {
  for (const sku of skus) await setStock(shop, sku, 10);
  await shop.cards.pool.query("DELETE FROM charge");
});

describe("a checkout", () => {
  test("orders the cart: stock taken, card charged, mail sent, cart empty, order at its address", async () => {
    const buyer = await newBuyer(shop);
    const mailed = shop.mails.length;
    await putIntoCart(shop, buyer, first, 2);
    await putIntoCart(shop, buyer, second);
    const { total } = (await (await shop.ask("/api/cart", { cookie: buyer })).json()) as { total: object };
    const answer = await checkOut(shop, buyer, { expect: total });
    expect(answer.status).toBe(201);
    const order = Order.parse(await answer.json());
    expect(answer.headers.get("location")).toBe(`/api/orders/${order.id}`);
    expect(order).toMatchObject({
      status: "placed",
      cancelledAt: null,
      shipTo: HOME,
      total,
      payment: { status: "charged", cardLast4: "4242" },
      lines: [
        { line: 1, sku: first, quantity: 2 },
        { line: 2, sku: second, quantity: 1 },
      ],
    });
    expect(await (await shop.ask(`/api/orders/${order.id}`, { cookie: buyer })).json()).toEqual(order);
    expect([await stockOf(shop, first), await stockOf(shop, second)]).toEqual([8, 9]);
    expect(await cartLines(shop, buyer)).toEqual([]);
    expect(shop.mails.slice(mailed)).toMatchObject([{ subject: expect.stringContaining(order.number) }]);
    const { rows } = await shop.cards.pool.query("SELECT id, status, amount::int, card_last4 FROM charge");
    expect(rows).toEqual([
      { id: order.payment.id, status: "charged", amount: order.total.amount, card_last4: "4242" },
    ]);
  });

  test("of an empty cart, or of one with what is not for sale or gone, is refused", async () => {
    const buyer = await newBuyer(shop);
    const empty = await checkOut(shop, buyer);
    expect([empty.status, await codeOf(empty)]).toEqual([409, "BYN-SHOP-013"]);

    await putIntoCart(shop, buyer, first);
    await shop.pool.query("UPDATE product SET available = false WHERE id = $1", [first]);
    const closed = await checkOut(shop, buyer);
    await shop.pool.query("UPDATE product SET available = true WHERE id = $1", [first]);
    expect([closed.status, await codeOf(closed)]).toEqual([409, "BYN-SHOP-012"]);
    expect(await charges(shop)).toEqual({});
  });

  test("at another total than the customer saw is refused, and nothing is charged", async () => {
    const buyer = await newBuyer(shop);
    await putIntoCart(shop, buyer, first);
    const { total } = (await (await shop.ask("/api/cart", { cookie: buyer })).json()) as {
      total: { amount: number; currency: string };
    };
    await shop.ask(`/api/admin/products/${first}`, {
      method: "PATCH",
      cookie: shop.admin,
      body: { priceAmount: total.amount + 100 },
    });
    const answer = await checkOut(shop, buyer, { expect: total });
    expect([answer.status, await codeOf(answer)]).toEqual([409, "BYN-SHOP-014"]);
    expect([await charges(shop), await stockOf(shop, first)]).toEqual([{}, 10]);
    expect((await checkOut(shop, buyer, { expect: { ...total, amount: total.amount + 100 } })).status).toBe(
      201,
    );
  });

  test("of more than there is names the products and takes none of the others", async () => {
    const buyer = await newBuyer(shop);
    await putIntoCart(shop, buyer, first, 1);
    await putIntoCart(shop, buyer, second, 11);
    const answer = await checkOut(shop, buyer);
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      code: "BYN-SHOP-015",
      errors: [{ place: second, message: "only 10 left" }],
    });
    expect([await stockOf(shop, first), await stockOf(shop, second)]).toEqual([10, 10]);
    expect(await charges(shop)).toEqual({});
  });

  test("stands when the mail can't be sent, which is noted", async () => {
    const buyer = await newBuyer(shop);
    await putIntoCart(shop, buyer, first);
    mailsRefused = true;
    const answer = await checkOut(shop, buyer);
    mailsRefused = false;
    expect(answer.status).toBe(201);
    const { id } = (await answer.json()) as Order;
    const { rows } = await shop.pool.query("SELECT status FROM notification WHERE order_id = $1", [id]);
    expect(rows).toEqual([{ status: "failed" }]);
  });
});

describe("two checkouts at once", () => {
  test("for the last piece: one gets it, the other is charged nothing, and stock ends at none", async () => {
    for (let round = 0; round < 5; round++) {
      await setStock(shop, first, 1);
      await shop.cards.pool.query("DELETE FROM charge");
      const buyers = await Promise.all([newBuyer(shop), newBuyer(shop), newBuyer(shop)]);
      await Promise.all(buyers.map((buyer) => putIntoCart(shop, buyer, first)));
      const answers = await Promise.all(buyers.map((buyer) => checkOut(shop, buyer)));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
      expect(await stockOf(shop, first)).toBe(0);
      expect(await charges(shop)).toEqual({ charged: 1 });
    }
  });

  test("of the same cart: it is ordered once, and charged once", async () => {
    const buyer = await newBuyer(shop);
    await putIntoCart(shop, buyer, first);
    const answers = await Promise.all([checkOut(shop, buyer), checkOut(shop, buyer), checkOut(shop, buyer)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect([await charges(shop), await stockOf(shop, first)]).toEqual([{ charged: 1 }, 9]);
  });

  test("over the same products, put into the carts in another order, do not wait for each other in a ring", async () => {
    const buyers = await Promise.all(Array.from({ length: 6 }, () => newBuyer(shop)));
    for (const [n, buyer] of buyers.entries()) {
      for (const sku of n % 2 === 0 ? [first, second] : [second, first]) await putIntoCart(shop, buyer, sku);
    }
    const answers = await Promise.all(buyers.map((buyer) => checkOut(shop, buyer)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201));
    expect([await stockOf(shop, first), await stockOf(shop, second)]).toEqual([4, 4]);
  });
});

describe("money moves only with an order", () => {
  test.each([
    ["declined", "the bank said no"],
    ["poor", "insufficient funds"],
  ] as const)("a card that is %s orders nothing", async (card, reason) => {
    const buyer = await newBuyer(shop);
    await putIntoCart(shop, buyer, first);
    const before = await orderCount(shop);
    const answer = await checkOut(shop, buyer, { card: CARDS[card] });
    expect(answer.status).toBe(402);
    expect(await answer.json()).toMatchObject({
      code: "BYN-SHOP-016",
      detail: expect.stringContaining(reason),
    });
    expect([await orderCount(shop), await stockOf(shop, first)]).toEqual([before, 10]);
    expect(await charges(shop)).toEqual({ declined: 1 });
    expect(await cartLines(shop, buyer)).toEqual([[first, 1]]);
  });

  test("a processor that charges but never answers is asked, and gives back what stands", async () => {
    const buyer = await newBuyer(shop);
    await putIntoCart(shop, buyer, first);
    const before = await orderCount(shop);
    const answer = await checkOut(shop, buyer, { card: CARDS.silent });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: "BYN-SHOP-017", retryable: true });
    expect([await orderCount(shop), await stockOf(shop, first)]).toEqual([before, 10]);
    expect(await charges(shop)).toEqual({ refunded: 1 });
    expect(await cartLines(shop, buyer)).toEqual([[first, 1]]);
    expect((await checkOut(shop, buyer)).status).toBe(201);
  });

  test("a commit that fails after the charge gives it back", async () => {
    const buyer = await newBuyer(shop);
    await putIntoCart(shop, buyer, first);
    const before = await orderCount(shop);
    await shop.pool.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused at commit'; END $$;
      CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON payment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();`);
    const answer = await checkOut(shop, buyer);
    await shop.pool.query("DROP TRIGGER refuse ON payment; DROP FUNCTION refuse()");
    expect(answer.status).toBe(500);
    expect([await orderCount(shop), await stockOf(shop, first)]).toEqual([before, 10]);
    expect(await charges(shop)).toEqual({ refunded: 1 });
    expect(await cartLines(shop, buyer)).toEqual([[first, 1]]);
  });
});

describe("a commit of which nobody can tell how it ended", () => {
  test("gives nothing back: the order stands, and so does its charge", async () => {
    const cookie = await newBuyer(shop);
    await putIntoCart(shop, cookie, first);
    const { id: customerId } = (await (await shop.ask("/api/me", { cookie })).json()) as { id: string };
    const before = await orderCount(shop);
    const cards = httpCardProcessor(shop.cards.url);
    const buying = checkout(
      {
        pool: awayAfterCommit(shop.pool),
        cards,
        mailer: { send: async () => {} },
        log: silent,
        now: Date.now,
        newId: () => uuidV7(Date.now(), randomBytes(10)),
      },
      customerId,
      { shipTo: HOME, card: CARDS.good },
    );
    await expect(buying).rejects.toThrow("the database is away");
    expect(await orderCount(shop)).toBe(before + 1);
    expect(await charges(shop)).toEqual({ charged: 1 });
    await settleAttempts(shop.pool, { cards, log: silent, before: new Date(Date.now() + 1_000) });
    expect(await charges(shop)).toEqual({ charged: 1 });
  });
});

/** Commits, but its answer is lost, and nothing can be asked afterwards. */
function awayAfterCommit(pool: Pool): Pool {
  let away = false;
  const guarded = <Target extends Pool | PoolClient>(target: Target): Target =>
    new Proxy(target, {
      get: (of, name) => {
        const value: unknown = Reflect.get(of, name);
        if (typeof value !== "function") return value;
        if (name !== "query" && name !== "connect") return value.bind(of);
        return async (...given: unknown[]) => {
          if (away) throw new Error("the database is away");
          const answer: unknown = await value.apply(of, given);
          if (given[0] === "COMMIT") {
            away = true;
            throw new Error("the database is away");
          }
          return name === "connect" ? guarded(answer as PoolClient) : answer;
        };
      },
    });
  return guarded(pool);
}

describe("a charge that could not be given back at once", () => {
  const settle = (beforeMs = 1_000) =>
    settleAttempts(shop.pool, {
      cards: httpCardProcessor(shop.cards.url),
      log: silent,
      before: new Date(Date.now() + beforeMs),
    });
  const inASecond = () => new Date(Date.now() + 1_000);
  const attempts = async () => (await shop.pool.query("SELECT FROM charge_attempt")).rowCount;

  test("is given back when the processor is there again, and comes too late if it is still on its way", async () => {
    const buyer = await newBuyer(shop);
    await putIntoCart(shop, buyer, first);
    await shop.cards.pool.query("ALTER TABLE charge RENAME TO lost");
    expect((await checkOut(shop, buyer)).status).toBe(503);
    expect(await attempts()).toBe(1);
    expect(await settle()).toBe(0);
    await shop.cards.pool.query("ALTER TABLE lost RENAME TO charge");
    expect(await settle(-60_000)).toBe(0); // too young
    expect(await settle()).toBe(1);
    expect([await attempts(), await charges(shop)]).toEqual([0, { refunded: 1 }]);
  });

  test("of a shop that died while it waited is found by what it wrote before", async () => {
    const id = "0190a000-0000-7000-8000-00000000dead";
    await shop.pool.query("INSERT INTO charge_attempt VALUES ($1, now())", [id]);
    await httpCardProcessor(shop.cards.url).charge(id, { amount: 5, currency: "EUR", card: CARDS.good });
    expect(await settle()).toBe(1);
    expect([await attempts(), await charges(shop)]).toEqual([0, { refunded: 1 }]);
  });

  test("is left alone while its checkout has it in hand; one that is met before it charges orders nothing", async () => {
    const buyer = await newBuyer(shop);
    await putIntoCart(shop, buyer, first);
    const holder = await shop.pool.connect();
    await holder.query("BEGIN");
    await holder.query("SELECT FROM stock WHERE sku = $1 FOR UPDATE", [first]);
    const waiting = checkOut(shop, buyer);
    await expect.poll(attempts).toBe(1);
    await expect.poll(() => lockWaits(shop)).toBe(1);
    expect(await settle()).toBe(1);
    await holder.query("COMMIT");
    holder.release();
    expect((await waiting).status).toBe(402);
    expect([await attempts(), await charges(shop), await stockOf(shop, first)]).toEqual([
      0,
      { refunded: 1 },
      10,
    ]);
  });

  test("and is given back after it was made, before the commit: the checkout rolls back, the money comes back once", async () => {
    const cookie = await newBuyer(shop);
    await putIntoCart(shop, cookie, first);
    const { id: customerId } = (await (await shop.ask("/api/me", { cookie })).json()) as { id: string };
    const before = await orderCount(shop);
    const cards = httpCardProcessor(shop.cards.url);
    let refunds = 0;
    const counting: CardProcessor = {
      ...cards,
      refund: (id) => {
        refunds++;
        return cards.refund(id);
      },
    };
    // The card is charged, and a settling round comes by before the answer is back in the checkout.
    const overtaken: CardProcessor = {
      ...counting,
      charge: async (id, what) => {
        const charged = await cards.charge(id, what);
        expect(await settleAttempts(shop.pool, { cards: counting, log: silent, before: inASecond() })).toBe(
          1,
        );
        return charged;
      },
    };
    const buying = checkout(
      {
        pool: shop.pool,
        cards: overtaken,
        mailer: { send: async () => {} },
        log: silent,
        now: Date.now,
        newId: () => uuidV7(Date.now(), randomBytes(10)),
      },
      customerId,
      { shipTo: HOME, card: CARDS.good },
    );
    await expect(buying).rejects.toMatchObject({ code: "BYN-SHOP-017" });
    expect([await orderCount(shop), await stockOf(shop, first), refunds]).toEqual([before, 10, 1]);
    expect([await attempts(), await charges(shop)]).toEqual([0, { refunded: 1 }]);
    expect(await cartLines(shop, cookie)).toEqual([[first, 1]]);
  });

  test("leaves nothing behind otherwise", async () => {
    const buyer = await newBuyer(shop);
    await checkOut(shop, buyer);
    await putIntoCart(shop, buyer, first);
    await checkOut(shop, buyer, { card: CARDS.declined });
    await checkOut(shop, buyer, { card: CARDS.silent });
    await checkOut(shop, buyer);
    expect(await attempts()).toBe(0);
  });
});

describe("what a checkout asks for", () => {
  test("is named mistake by mistake, and no value of a card is repeated", async () => {
    const buyer = await newBuyer(shop);
    await putIntoCart(shop, buyer, first);
    const card = { number: "4242424242424241", expiry: "13/98", cvc: "12x" };
    const answer = await checkOut(shop, buyer, { card, shipTo: { ...HOME, country: "de", name: "a\nb" } });
    const text = await answer.text();
    expect(answer.status).toBe(400);
    const problem = JSON.parse(text) as { code: string; errors: { place: string }[] };
    expect(problem.code).toBe("BYN-SHOP-002");
    expect(problem.errors.map(({ place }) => place).sort()).toEqual([
      "card.cvc",
      "card.expiry",
      "card.number",
      "shipTo.country",
      "shipTo.name",
    ]);
    for (const value of Object.values(card)) expect(text).not.toContain(value);
  });

  test("is refused when it is huge, none, of another type, or has more in it", async () => {
    const buyer = await newBuyer(shop);
    const send = (body: unknown) => shop.ask("/api/orders", { method: "POST", cookie: buyer, body });
    const huge = await send({ shipTo: { ...HOME, street: "x".repeat(101 * 1024) }, card: CARDS.good });
    expect([huge.status, await codeOf(huge)]).toEqual([413, "BYN-SHOP-011"]);
    for (const body of [
      [],
      {},
      { shipTo: HOME },
      { shipTo: HOME, card: CARDS.good, customerId: "x" },
      undefined,
    ]) {
      const answer = await send(body);
      expect([answer.status, await codeOf(answer)], JSON.stringify(body)).toEqual([400, "BYN-SHOP-002"]);
    }
    expect(await charges(shop)).toEqual({});
  });

  test("needs a session", async () => {
    for (const cookie of ["", "session=a.b.c"]) {
      const answer = await checkOut(shop, cookie);
      expect([answer.status, await codeOf(answer)]).toEqual([401, "BYN-SHOP-005"]);
    }
  });
});
