import { readFile } from "node:fs/promises";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { MonolithSettings, openMonolith } from "../open-monolith.ts";
import { createShopDatabase, newSessionKey, type ShopDatabase, silent } from "../shop.fixture.ts";
import { enterMode, mustBeOpened } from "./checkout-mode.ts";
import { pendingOrder } from "./order-record.fixture.ts";
import { orderRows } from "./order-rows.ts";

let database: ShopDatabase;
beforeEach(async () => {
  database = await createShopDatabase(inject("postgresUrl"));
});
afterEach(() => database.remove());

const ID = "0190a000-0000-7000-8000-00000000abcd";
const BUYER = "0190a000-0000-7000-8000-00000000beef";

async function owned(): Promise<unknown> {
  const { rows } = await database.pool.query(
    `SELECT capability, count(*)::int AS slots, bool_and(owner AND state = 'following') AS owned
     FROM handover.slot GROUP BY capability ORDER BY capability`,
  );
  return rows;
}

const BOTH = [
  { capability: "inventory", slots: 102, owned: true },
  { capability: "orders", slots: 102, owned: true },
];

test("the first saga opens both capabilities, all owned here; the next ones find it done, also two at once", async () => {
  await enterMode(database.pool, "transaction");
  expect(await owned()).toEqual([]);
  await expect(mustBeOpened(database.pool)).rejects.toMatchObject({ code: "BYN-SHOP-033" });
  await Promise.all([enterMode(database.pool, "saga"), enterMode(database.pool, "saga")]);
  expect(await owned()).toEqual(BOTH);
  await database.pool.query("UPDATE handover.slot SET owner = false, epoch = 2 WHERE slot = 7");
  await enterMode(database.pool, "saga");
  const { rows } = await database.pool.query("SELECT owner FROM handover.slot WHERE slot = 7");
  expect(rows).toEqual([{ owner: false }, { owner: false }]);
  await mustBeOpened(database.pool);
});

test("once opened, the transaction would write past the guard: it is refused", async () => {
  await enterMode(database.pool, "saga");
  await expect(enterMode(database.pool, "transaction")).rejects.toMatchObject({ code: "BYN-SHOP-033" });
});

test("what the old way had begun to cancel is taken over: the worker finishes it", async () => {
  await inTransaction(database.pool, (client) =>
    orderRows.save(client, { ...pendingOrder(ID, BUYER), status: "placed" }),
  );
  await database.pool.query(
    "INSERT INTO cancel_attempt VALUES ('a', $1, '2024-11-20T11:00:00Z'), ('b', $1, '2024-11-20T12:00:00Z')",
    [ID],
  );
  await enterMode(database.pool, "saga");
  expect(await orderRows.find(database.pool, ID)).toMatchObject({
    status: "cancelling",
    cancelledAt: "2024-11-20T11:00:00.000Z",
  });
  expect((await database.pool.query("SELECT FROM cancel_attempt")).rowCount).toBe(0);
  expect((await orderRows.unfinished(database.pool, 9)).map(({ id }) => id)).toEqual([ID]);
});

describe("a shop that starts", () => {
  const settings = (more: object) =>
    MonolithSettings.parse({ DATABASE_URL: database.url, SESSION_KEY: newSessionKey(), ...more });

  test("with CHECKOUT=saga and no SERVICE_TOKEN is refused, and nothing is opened", async () => {
    await expect(openMonolith(settings({ CHECKOUT: "saga" }), silent)).rejects.toMatchObject({
      code: "BYN-CONFIG-001",
      mistakes: [{ place: "SERVICE_TOKEN", message: "is needed by CHECKOUT=saga" }],
    });
    expect(await owned()).toEqual([]);
  });

  test("with CHECKOUT=saga opens its database; back in the old mode it does not start", async () => {
    const token = { SERVICE_TOKEN: "a-token-of-this-test" };
    const { deps, close } = await openMonolith(settings({ CHECKOUT: "saga", ...token }), silent);
    await close();
    expect([deps.saga === undefined, await owned()]).toEqual([false, BOTH]);
    await expect(openMonolith(settings(token), silent)).rejects.toMatchObject({ code: "BYN-SHOP-033" });
  });
});

describe("the migration of the numbers", () => {
  /** The step of 012 that makes them odd, on a sequence as it was before. */
  async function makeOdd(last: number, called: boolean): Promise<void> {
    const sql = await readFile(new URL("../migrations/012-order-slots.sql", import.meta.url), "utf8");
    const [step = ""] = /^DO \$\$.*?^\$\$;/ms.exec(sql) ?? [];
    expect(step).toContain("INCREMENT BY 2");
    await database.pool.query("ALTER SEQUENCE order_number INCREMENT BY 1");
    await database.pool.query("SELECT setval('order_number', $1, $2)", [last, called]);
    await database.pool.query(step);
  }
  const next = async () =>
    (await database.pool.query<{ n: number }>("SELECT nextval('order_number')::int AS n")).rows[0]?.n;

  test.each([
    [1, false, 1],
    [1, true, 3],
    [20, true, 21],
    [999_998, true, 999_999],
    [999_999, true, 1_000_001],
  ])("goes on after %i (%s) with %i, and by twos", async (last, called, expected) => {
    await makeOdd(last, called);
    expect([await next(), await next()]).toEqual([expected, expected + 2]);
  });

  test("goes on after the orders that are there, also where a seed gave their numbers", async () => {
    await inTransaction(database.pool, (client) =>
      orderRows.save(client, { ...pendingOrder(ID, BUYER), number: 44 }),
    );
    await makeOdd(1, false);
    expect(await next()).toBe(45);
  });

  test("is refused at a million: the even ones are the other side's", async () => {
    await expect(makeOdd(1_000_000, true)).rejects.toThrow(/numbers up to 1000000 already/);
  });
});
