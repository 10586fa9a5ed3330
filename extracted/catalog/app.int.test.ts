import { createServer, type Server } from "node:http";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import type { Listener } from "@banyan/platform/log/listener.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import type { Pool } from "pg";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { type AnswerCache, createAnswerCache } from "./answers/answer-cache.ts";
import { followApplied } from "./answers/applied.ts";
import { createCatalogApp } from "./app.ts";
import {
  type CatalogDatabase,
  createCatalogDatabase,
  idOf,
  sampleProduct,
  saveSampleCategories,
  saveSampleProducts,
  silent,
} from "./catalog-database.fixture.ts";
import { createPlant, type Plant } from "./plant.ts";
import { createWholeCopy, type WholeCopy } from "./whole-copy.ts";

let database: CatalogDatabase;
let pool: Pool;
let cache: AnswerCache;
let copy: WholeCopy;
let listener: Listener;
let server: Server;
let origin: string;
/** Runs after a product was read and before it is answered. */
let afterRead: () => Promise<void>;

beforeEach(async () => {
  database = await createCatalogDatabase(inject("postgresUrl"));
  await saveSampleCategories(database.pool);
  await saveSampleProducts(
    database.pool,
    [1, 2, 3].map((n) => sampleProduct(n)),
  );
  await database.pool.query("UPDATE copy SET state = 'following'");
  afterRead = async () => {};
  const held: Plant = {
    ...createPlant("none", { slowMs: 1, random: Math.random }),
    reads: (reads) => ({
      ...reads,
      product: async (id) => {
        const product = await reads.product(id);
        await afterRead();
        return product;
      },
    }),
  };
  pool = createPool(database.url, { max: 4, name: "catalog" }, silent);
  cache = createAnswerCache({ maxEntries: 100, maxBytes: 1_000_000 });
  copy = createWholeCopy(pool);
  server = createServer(createCatalogApp({ pool, log: silent, cache, copy, plant: held }));
  origin = `http://127.0.0.1:${await listen(server, 0)}`;
  listener = followApplied({
    ...{ url: database.url, cache, log: silent, random: Math.random },
    onChange: () => copy.forget(),
  });
  await vi.waitFor(() => expect(cache.figures().on).toBe(true), { timeout: 10_000 });
});

afterEach(async () => {
  await allowConnections();
  await close(server);
  await listener.close();
  await pool.end();
  await database.remove();
});

async function priceOf(n: number): Promise<number> {
  const response = await fetch(`${origin}/api/products/${idOf(n)}`);
  return ((await response.json()) as { price: { amount: number } }).price.amount;
}

/** As the follower: rows and notification in one transaction. */
async function applyPrice(n: number, priceAmount: number): Promise<void> {
  const client = await database.pool.connect();
  await client.query("BEGIN");
  await client.query("UPDATE product SET price_amount = $2 WHERE id = $1", [idOf(n), priceAmount]);
  await client.query("SELECT pg_notify('catalog_applied', $1)", [JSON.stringify([idOf(n)])]);
  await client.query("COMMIT");
  client.release();
}

async function waitForDrop(drops: number): Promise<void> {
  await vi.waitFor(() => expect(cache.figures().drops).toBeGreaterThan(drops), { timeout: 10_000 });
}

/** New connections are refused; those that are there stay, but for the listener's, which is cut. */
async function cutListener(): Promise<void> {
  await database.admin.query(`ALTER DATABASE ${database.name} ALLOW_CONNECTIONS false`);
  await cut("application_name = 'catalog-cache'");
  await vi.waitFor(() => expect(cache.figures().on).toBe(false), { timeout: 10_000 });
}

async function cut(condition: string): Promise<void> {
  await database.admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND ${condition}`,
    [database.name],
  );
}

async function allowConnections(): Promise<void> {
  await database.admin.query(`ALTER DATABASE ${database.name} ALLOW_CONNECTIONS true`);
}

describe("the extracted catalog", () => {
  it("answers from the cache until a change is applied, then with the change", async () => {
    expect(await priceOf(1)).toBe(1_000);
    expect(await priceOf(1)).toBe(1_000);
    expect(cache.figures().hits).toBe(1);
    const { drops } = cache.figures();
    await applyPrice(1, 2_000);
    await waitForDrop(drops);
    expect(await priceOf(1)).toBe(2_000);
  });

  it("drops a neighbour's answer too: a product stands on it as related", async () => {
    const neighbour = async () => (await fetch(`${origin}/api/products/${idOf(2)}`)).text();
    expect(await neighbour()).not.toContain("7700");
    const { drops } = cache.figures();
    await applyPrice(1, 7_700);
    await waitForDrop(drops);
    expect(await neighbour()).toContain('"amount":7700');
  });

  it("never keeps what was read before a change that was applied while the read was under way", async () => {
    const { promise: read, resolve: hasRead } = Promise.withResolvers<void>();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    afterRead = () => {
      hasRead();
      return released;
    };
    const early = priceOf(1);
    await read;
    const { drops } = cache.figures();
    await applyPrice(1, 2_000);
    await waitForDrop(drops);
    release();
    expect(await early).toBe(1_000);
    afterRead = async () => {};
    expect(await priceOf(1)).toBe(2_000);
  });

  it("keeps nothing while its listener is broken, and keeps again when it listens again", async () => {
    expect(await priceOf(1)).toBe(1_000);
    await cutListener();
    await applyPrice(1, 2_000);
    expect(await priceOf(1)).toBe(2_000);
    await applyPrice(1, 3_000);
    expect(await priceOf(1)).toBe(3_000);
    expect(cache.figures().entries).toBe(0);
    await allowConnections();
    await vi.waitFor(() => expect(cache.figures().on).toBe(true), { timeout: 20_000 });
    expect(await priceOf(1)).toBe(3_000);
    expect(cache.figures().entries).toBe(1);
  });

  it("answers 503 with its code while the database is away, and goes on when it is back", async () => {
    await cutListener();
    await cut("pid <> pg_backend_pid()");
    await vi.waitFor(async () => {
      const response = await fetch(`${origin}/api/products`);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ code: "BYN-SHOP-004", retryable: true });
    });
    const ready = await fetch(`${origin}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      code: "BYN-SHOP-004",
      detail: "the database does not answer",
    });
    expect((await fetch(`${origin}/livez`)).status).toBe(200);
    await allowConnections();
    await vi.waitFor(async () => expect((await fetch(`${origin}/readyz`)).status).toBe(200), {
      timeout: 20_000,
    });
    expect(await priceOf(1)).toBe(1_000);
  });

  it("is not ready before every slot of its copy follows", async () => {
    await database.pool.query("UPDATE copy SET state = 'filling' WHERE slot <= 2");
    const response = await fetch(`${origin}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      code: "BYN-SHOP-004",
      detail: "the copy does not follow the monolith: slots 2 filling, 98 following",
    });
  });

  it("answers no request before its copy was filled once, and reads on while a slot is filled again", async () => {
    const list = () => fetch(`${origin}/api/products`);
    await database.pool.query("UPDATE copy SET state = 'empty' WHERE slot = 100");
    const refused = await list();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await refused.json()).toMatchObject({ code: "BYN-SHOP-027" });
    await database.pool.query("UPDATE copy SET state = 'filling' WHERE slot = 100");
    expect((await list()).status).toBe(503);
    await database.pool.query("UPDATE copy SET state = 'following'");
    expect((await list()).status).toBe(200);
    await database.pool.query(
      "UPDATE copy SET state = 'filling' WHERE slot = (SELECT slot FROM product LIMIT 1)",
    );
    copy.forget();
    expect((await list()).status).toBe(200);
    await database.pool.query("UPDATE copy SET state = 'empty'");
    await applyPrice(1, 2_000);
    await vi.waitFor(async () => expect((await list()).status).toBe(503), { timeout: 10_000 });
  });

  it("says on /readyz which fault is planted", async () => {
    const plant = createPlant("wrong-price", { slowMs: 1, random: Math.random });
    const planted = createServer(createCatalogApp({ pool, log: silent, cache, plant, copy }));
    const port = await listen(planted, 0);
    const response = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(await response.json()).toMatchObject({ status: "ready", plant: "wrong-price" });
    await close(planted);
  });
});
