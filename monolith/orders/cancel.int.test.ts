import { randomBytes } from "node:crypto";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Order } from "@banyan/contracts/http/orders.ts";
import type { CardProcessor } from "@banyan/shop/checkout/partners.ts";
import { httpCardProcessor } from "@banyan/shop/clients/http-card-processor.ts";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { uuidV7 } from "../adapters/identifier.ts";
import type { Mailer } from "../notifications/mailer.ts";
import { codeOf, openShop, type Shop, silent } from "../shop.fixture.ts";
import { newBuyer, order, productsInStock, stockOf } from "./buying.fixture.ts";
import { finishCancels } from "./cancel.ts";

let shop: Shop;
let sku = "";
/** What becomes of a refund: done and answered, done and the answer lost, or never sent. */
let fate: "answered" | "lost" | "refused" = "answered";

beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"), {
    cards: (kept) => ({ ...kept, refund: (id) => refunding(kept, id) }),
  });
  [sku = ""] = await productsInStock(shop, 1, 100);
});
afterAll(() => shop.stop());

async function refunding(kept: CardProcessor, id: string) {
  if (fate === "refused") {
    const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    throw new BanyanError("BYN-SHOP-017", "not there", { cause });
  }
  const answer = await kept.refund(id);
  if (fate === "lost") throw new BanyanError("BYN-SHOP-017", "its answer was lost");
  return answer;
}

const cancel = (id: string, cookie: string) =>
  shop.ask(`/api/orders/${id}/cancel`, { method: "POST", cookie });
const shown = async (id: string, cookie: string) =>
  (await (await shop.ask(`/api/orders/${id}`, { cookie })).json()) as Order;
const attempts = async () => (await shop.pool.query("SELECT FROM cancel_attempt")).rowCount;
const mailsAbout = ({ number }: Order) =>
  shop.mails.filter(({ subject }) => subject.includes(number) && subject.includes("cancelled"));
const refundsOf = async ({ payment }: Order) =>
  (await shop.cards.pool.query("SELECT status FROM charge WHERE id = $1", [payment.id])).rows;

/** As the shop's own round does it, for everything that was begun up to now (or `beforeMs` from it). */
const finish = (beforeMs = 1_000) => {
  const mailer: Mailer = { send: async (mail) => void (shop.mails as unknown[]).push(mail) };
  const cards = httpCardProcessor(shop.cards.url);
  const newId = () => uuidV7(Date.now(), randomBytes(10));
  return finishCancels(
    { pool: shop.pool, cards, mailer, log: silent, now: Date.now, newId },
    new Date(Date.now() + beforeMs),
  );
};

/** An order whose money is back while nothing of the shop says so. */
async function halfCancelled(): Promise<{ placed: Order; buyer: string; stock: number }> {
  const buyer = await newBuyer(shop);
  const stock = await stockOf(shop, sku);
  const placed = await order(shop, buyer, sku, 2);
  fate = "lost";
  const answer = await cancel(placed.id, buyer);
  fate = "answered";
  expect([answer.status, await codeOf(answer)]).toEqual([503, "BYN-SHOP-017"]);
  expect(await shown(placed.id, buyer)).toEqual(placed);
  expect(await refundsOf(placed)).toEqual([{ status: "refunded" }]);
  return { placed, buyer, stock };
}

async function expectCancelledOnce({ placed, buyer, stock }: Awaited<ReturnType<typeof halfCancelled>>) {
  expect(await shown(placed.id, buyer)).toMatchObject({
    status: "cancelled",
    payment: { status: "refunded" },
  });
  expect(await stockOf(shop, sku)).toBe(stock);
  expect(await refundsOf(placed)).toEqual([{ status: "refunded" }]);
  expect(mailsAbout(placed)).toHaveLength(1);
  expect(await attempts()).toBe(0);
}

describe("a cancel whose refund was done and whose answer was lost", () => {
  test("is finished by itself: stock back once, one refund, one mail", async () => {
    const half = await halfCancelled();
    expect(await attempts()).toBe(1);
    expect(await finish(-60_000)).toBe(0); // too young
    expect(await finish()).toBe(1);
    await expectCancelledOnce(half);
    expect(await finish()).toBe(0);
  });

  test("may be asked for again before that", async () => {
    const half = await halfCancelled();
    expect((await cancel(half.placed.id, half.buyer)).status).toBe(200);
    await expectCancelledOnce(half);
    expect(await finish()).toBe(0);
    const again = await cancel(half.placed.id, half.buyer);
    expect([again.status, await codeOf(again)]).toEqual([409, "BYN-SHOP-018"]);
    await expectCancelledOnce(half);
  });

  test("is finished once by two rounds at once, as of two shops over one database", async () => {
    const half = await halfCancelled();
    const finished = await Promise.all([finish(), finish()]);
    expect(finished.sort()).toEqual([0, 1]);
    await expectCancelledOnce(half);
  });

  test("stays begun while the processor is away, and does not keep others from being finished", async () => {
    const half = await halfCancelled();
    await shop.cards.pool.query("ALTER TABLE charge RENAME TO lost");
    expect(await finish()).toBe(0);
    expect(await attempts()).toBe(1);
    await shop.cards.pool.query("ALTER TABLE lost RENAME TO charge");
    expect(await finish()).toBe(1);
    await expectCancelledOnce(half);
  });
});

test("a shop that died after the refund, before the commit, left what says what to finish", async () => {
  const buyer = await newBuyer(shop);
  const stock = await stockOf(shop, sku);
  const placed = await order(shop, buyer, sku, 2);
  // Ended by the database as by a crash: nothing of the shop runs after the refund.
  await shop.pool.query(`
    CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
    CREATE TRIGGER die BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION die();`);
  const answer = await cancel(placed.id, buyer);
  await shop.pool.query("DROP TRIGGER die ON payment; DROP FUNCTION die()");
  expect(answer.status).toBe(503);
  expect(await shown(placed.id, buyer)).toEqual(placed);
  expect(await refundsOf(placed)).toEqual([{ status: "refunded" }]);
  expect(await finish()).toBe(1);
  await expectCancelledOnce({ placed, buyer, stock });
});

test("a cancel that failed before the processor was asked leaves nothing to finish", async () => {
  const buyer = await newBuyer(shop);
  const placed = await order(shop, buyer, sku);
  await shop.pool.query(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
    CREATE TRIGGER refuse BEFORE UPDATE ON stock FOR EACH ROW EXECUTE FUNCTION refuse();`);
  const answer = await cancel(placed.id, buyer);
  await shop.pool.query("DROP TRIGGER refuse ON stock; DROP FUNCTION refuse()");
  expect(answer.status).toBe(500);
  expect([await attempts(), await finish()]).toEqual([0, 0]);
  expect(await shown(placed.id, buyer)).toEqual(placed);
  expect(await refundsOf(placed)).toEqual([{ status: "charged" }]);
});

test("a cancel that never reached the processor is not finished behind the customer's back", async () => {
  const buyer = await newBuyer(shop);
  const placed = await order(shop, buyer, sku);
  fate = "refused";
  const answer = await cancel(placed.id, buyer);
  fate = "answered";
  expect([answer.status, await codeOf(answer)]).toEqual([503, "BYN-SHOP-017"]);
  expect([await attempts(), await finish()]).toEqual([0, 0]);
  expect(await shown(placed.id, buyer)).toEqual(placed);
});
