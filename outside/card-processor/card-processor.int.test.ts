import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createCardProcessorApp } from "./app.ts";

const log = createLog("test", "silent");
const name = `cards_test_${randomBytes(6).toString("hex")}`;
let admin: Pool;
let pool: Pool;
let server: Server;
let url = "";

beforeAll(async () => {
  admin = createPool(inject("postgresUrl"), { max: 1, name: "test" }, log);
  await admin.query(`CREATE DATABASE ${name}`);
  const address = new URL(inject("postgresUrl"));
  address.pathname = `/${name}`;
  pool = createPool(address.href, { max: 10, name: "test" }, log);
  await migrate(pool, join(import.meta.dirname, "migrations"));
  server = createServer(createCardProcessorApp({ pool, log, now: Date.now }));
  url = `http://127.0.0.1:${await listen(server, 0)}`;
});
afterAll(async () => {
  await close(server, 0);
  await pool.end();
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.end();
});

const body = (number = "4242424242424242", amount = 1_999) => ({
  amount,
  currency: "EUR",
  card: { number, expiry: "12/98", cvc: "123" },
});

async function ask(method: string, path: string, sent?: unknown, signal?: AbortSignal) {
  const answer = await fetch(url + path, {
    method,
    ...(sent === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(sent) }),
    ...(signal === undefined ? {} : { signal }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
const charge = (id: string, sent: unknown = body(), signal?: AbortSignal) =>
  ask("PUT", `/charges/${id}`, sent, signal);
const refund = (id: string) => ask("PUT", `/charges/${id}/refund`);
const find = (id: string) => ask("GET", `/charges/${id}`);

async function rows(id: string): Promise<unknown[]> {
  return (await pool.query("SELECT status FROM charge WHERE id = $1", [id])).rows;
}

describe("a charge", () => {
  test("is made once for an id, however often and at once it is asked for", async () => {
    const id = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => charge(id)));
    for (const answer of answers) expect(answer).toEqual({ status: 201, body: { id, status: "charged" } });
    expect(await rows(id)).toEqual([{ status: "charged" }]);
    expect(await find(id)).toEqual({ status: 200, body: { id, status: "charged" } });
  });

  test("with the id of another amount, currency or card is refused", async () => {
    const id = randomUUID();
    await charge(id);
    for (const other of [
      body("4242424242424242", 1),
      { ...body(), currency: "USD" },
      body("4000000000000002"),
    ]) {
      expect(await charge(id, other)).toMatchObject({ status: 409, body: { code: "BYN-SHOP-020" } });
    }
    expect((await find(id)).body).toEqual({ id, status: "charged" });
  });

  test.each([
    ["4000000000000002", "the bank said no"],
    ["4000000000009995", "insufficient funds"],
  ])("of the card %s is declined, again and again", async (number, reason) => {
    const id = randomUUID();
    const declined = { status: 402, body: { id, status: "declined", reason } };
    expect(await charge(id, body(number))).toEqual(declined);
    expect(await charge(id, body(number))).toEqual(declined);
    expect((await refund(id)).body).toEqual(declined.body);
  });

  test("of the silent card is made, but nobody is told; by its id it can be asked for and given back", async () => {
    const id = randomUUID();
    const waiting = charge(id, body("4000000000000341"), AbortSignal.timeout(300));
    await expect(waiting).rejects.toThrow("timeout");
    expect((await find(id)).body).toEqual({ id, status: "charged" });
    expect((await refund(id)).body).toEqual({ id, status: "refunded" });
    expect(await charge(id, body("4000000000000341"))).toMatchObject({
      status: 402,
      body: { status: "declined", reason: "it was refunded" },
    });
  });

  test("keeps the last four digits of a card, and nothing else of it", async () => {
    const id = randomUUID();
    await charge(id);
    const found = await pool.query<{ row: string }>("SELECT charge::text AS row FROM charge WHERE id = $1", [
      id,
    ]);
    expect(found.rows[0]?.row).toContain("4242");
    for (const secret of ["424242", "12/98", ",123,"]) expect(found.rows[0]?.row).not.toContain(secret);
  });

  test("is refused with every mistake named and no value repeated", async () => {
    const card = { number: "4242424242424241", expiry: "1298", cvc: "1x" };
    const { status, body: problem } = await charge(randomUUID(), { amount: -1, currency: "euro", card });
    expect(status).toBe(400);
    expect(problem.code).toBe("BYN-SHOP-002");
    expect((problem.errors as { place: string }[]).map(({ place }) => place).sort()).toEqual([
      "amount",
      "card.cvc",
      "card.expiry",
      "card.number",
      "currency",
    ]);
    for (const value of Object.values(card)) expect(JSON.stringify(problem)).not.toContain(value);
    expect((await charge(randomUUID(), { ...body(), more: "x".repeat(20_000) })).status).toBe(413);
    expect((await charge(randomUUID(), { ...body(), more: 1 })).status).toBe(400);
  });
});

describe("a refund", () => {
  test("is made once, however often it is asked for", async () => {
    const id = randomUUID();
    await charge(id);
    const answers = await Promise.all([refund(id), refund(id), refund(id)]);
    for (const answer of answers) expect(answer).toEqual({ status: 200, body: { id, status: "refunded" } });
    expect(await charge(id)).toMatchObject({ status: 402, body: { reason: "it was refunded" } });
    expect(await rows(id)).toEqual([{ status: "refunded" }]);
  });

  test("of an id that nobody knows keeps a late charge from being taken", async () => {
    const id = randomUUID();
    expect(await refund(id)).toEqual({ status: 200, body: { id, status: "refunded" } });
    expect(await charge(id)).toEqual({
      status: 402,
      body: { id, status: "declined", reason: "refunded before it came" },
    });
    expect((await find(id)).body).toEqual({ id, status: "refunded" });
  });

  test("and its charge at once leave nothing charged", async () => {
    const ids = Array.from({ length: 20 }, () => randomUUID());
    await Promise.all(ids.flatMap((id) => [charge(id), refund(id)]));
    const { rows } = await pool.query("SELECT DISTINCT status FROM charge WHERE id = ANY ($1)", [ids]);
    expect(rows).toEqual([{ status: "refunded" }]);
  });
});

test("what is not there says so", async () => {
  expect(await find(randomUUID())).toMatchObject({ status: 404, body: { code: "BYN-SHOP-021" } });
  expect(await find("short")).toMatchObject({ status: 404, body: { code: "BYN-SHOP-021" } });
  expect(await ask("GET", "/other")).toMatchObject({ status: 404, body: { code: "BYN-SHOP-003" } });
  expect((await ask("GET", "/livez")).status).toBe(200);
  expect((await ask("GET", "/readyz")).status).toBe(200);
});
