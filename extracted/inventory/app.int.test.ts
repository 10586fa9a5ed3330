import { createServer, type Server } from "node:http";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { stockSlot } from "@banyan/shop/inventory/slot.ts";
import { createStockStore } from "@banyan/shop/inventory/stock-store.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { createInventoryApp } from "./app.ts";
import type { ProductNames } from "./catalog/product-names.ts";
import {
  createInventoryDatabase,
  type InventoryDatabase,
  ownAll,
  silent,
  skuNumber,
} from "./inventory-database.fixture.ts";
import { stockRows } from "./stock/stock-rows.ts";

const TOKEN = "service-token-of-the-tests";
const [CUP, POT, PAN, LAMP] = [skuNumber(1), skuNumber(2), skuNumber(3), skuNumber(4)];

let database: InventoryDatabase;
let server: Server;
let origin: string;
/** What the catalog has; undefined: it is away. */
let catalog: ReadonlyMap<string, string> | undefined;

const names: ProductNames = {
  nameOf: async (sku) => {
    if (catalog === undefined) throw new BanyanError("BYN-SHOP-032", "the catalog: away");
    return catalog.get(sku);
  },
  namesOf: async (skus) =>
    new Map(
      skus.flatMap((sku): [string, string][] => {
        const name = catalog?.get(sku);
        return name === undefined ? [] : [[sku, name]];
      }),
    ),
};

beforeAll(async () => {
  database = await createInventoryDatabase(inject("postgresUrl"));
  const { pool } = database;
  server = createServer(
    createInventoryApp({
      pool,
      log: silent,
      store: createStockStore(pool, stockRows, Date.now),
      names,
      sessions: {
        of: async (cookies) => {
          if (cookies === "session=admin") return { customerId: "a", role: "admin" };
          if (cookies === "session=customer") return { customerId: "c", role: "customer" };
          throw new BanyanError("BYN-SHOP-005", "there is no valid session");
        },
      },
      serviceToken: TOKEN,
      trustedProxies: ["loopback"],
    }),
  );
  origin = `http://127.0.0.1:${await listen(server, 0)}`;
});
afterAll(async () => {
  if (server !== undefined) await close(server, 100);
  await database?.remove();
});

beforeEach(async () => {
  const { pool } = database;
  await pool.query("TRUNCATE stock, reservation, handover.outbox");
  await ownAll(pool);
  const store = createStockStore(pool, stockRows, Date.now);
  await store.set(CUP, 3);
  await store.set(POT, 1);
  catalog = new Map([
    [CUP, "Cup"],
    [POT, "Pot"],
    [PAN, "Pan"],
  ]);
});

async function ask(
  method: string,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
) {
  const answer = await fetch(origin + path, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = text === "" ? undefined : (JSON.parse(text) as Record<string, unknown>);
  return { status: answer.status, headers: answer.headers, json, code: json?.code };
}

const count = (sku: string, onHand: number, cookie = "session=admin") =>
  ask("PUT", `/api/admin/inventory/${sku}`, { body: { onHand }, headers: { cookie } });
const books = () => ask("GET", "/api/admin/inventory", { headers: { cookie: "session=admin" } });

describe("the extracted inventory", () => {
  it("names what it lists by the catalog, and by the SKU where the catalog says nothing", async () => {
    catalog = new Map([[POT, "Pot"]]);
    const { json } = await books();
    expect(json).toMatchObject({
      items: [
        { sku: POT, name: "Pot", onHand: 1 },
        { sku: CUP, name: CUP, onHand: 3 },
      ],
      total: 2,
    });
    catalog = undefined;
    expect((await books()).json?.items).toMatchObject([{ name: POT }, { name: CUP }]);
    expect((await count(CUP, 4)).json).toMatchObject({ sku: CUP, name: CUP, onHand: 4 });
  });

  it("opens the books of a product that has none by its first count, and of nothing else", async () => {
    expect((await count(PAN, 5)).json).toMatchObject({ sku: PAN, name: "Pan", onHand: 5 });
    expect((await ask("GET", `/api/inventory/${PAN}`)).json).toEqual({ sku: PAN, available: 5 });
    const unknown = await count(LAMP, 5);
    expect([unknown.status, unknown.code]).toEqual([404, "BYN-SHOP-003"]);
    catalog = undefined;
    const away = await count(LAMP, 5);
    expect([away.status, away.code]).toEqual([503, "BYN-SHOP-032"]);
    expect((await ask("GET", `/api/inventory/${LAMP}`)).status).toBe(404);
  });

  it("lists nothing while a slot is no whole copy, and several SKUs only of slots that are", async () => {
    const { pool } = database;
    await ownAll(pool, [stockSlot(CUP)]);
    const some = () => ask("GET", `/api/inventory?sku=${CUP}&sku=${POT}`);
    expect((await some()).json).toEqual({
      items: [
        { sku: CUP, available: 3 },
        { sku: POT, available: 1 },
      ],
    });
    expect((await books()).status).toBe(200);
    for (const state of ["empty", "filling", "quarantined"]) {
      await pool.query(
        `UPDATE handover.slot SET state = $2, trouble_code = 'BYN-DATA-005', trouble_detail = 'a test'
         WHERE slot = $1`,
        [stockSlot(CUP), state],
      );
      for (const refused of [await some(), await books()]) {
        expect([refused.status, refused.code]).toEqual([503, "BYN-SHOP-035"]);
        expect(refused.headers.get("retry-after")).toBe("5");
      }
      const other = await ask("GET", `/api/inventory?sku=${POT}`);
      expect(other.json).toEqual({ items: [{ sku: POT, available: 1 }] });
    }
    await pool.query(
      "UPDATE handover.slot SET trouble_code = NULL, trouble_detail = NULL, state = 'following'",
    );
  });

  it("asks for a session before it says who owns a SKU, and says it before it reads a body", async () => {
    await ownAll(database.pool, [stockSlot(CUP)]);
    expect((await count(CUP, 1, "")).code).toBe("BYN-SHOP-005");
    expect((await count(CUP, 1, "session=customer")).code).toBe("BYN-SHOP-007");
    const elsewhere = await ask("PUT", `/api/admin/inventory/${CUP}`, {
      body: "x".repeat(200_000),
      headers: { cookie: "session=admin" },
    });
    expect([elsewhere.status, elsewhere.code]).toEqual([421, "BYN-DATA-020"]);
    expect(elsewhere.headers.get("x-banyan-misdirected")).toBe(
      `inventory;slot=${stockSlot(CUP)};epoch=1;reason=not-owner`,
    );
  });

  it("refuses a count that another site's page makes a browser send", async () => {
    const forged = await ask("PUT", `/api/admin/inventory/${CUP}`, {
      body: { onHand: 0 },
      headers: { cookie: "session=admin", "sec-fetch-site": "cross-site" },
    });
    expect([forged.status, forged.code]).toEqual([403, "BYN-SHOP-008"]);
    expect((await ask("GET", `/api/inventory/${CUP}`)).json).toEqual({ sku: CUP, available: 3 });
  });

  it("lets the shop's services in without an Origin, and nobody else", async () => {
    const path = `/internal/inventory/${CUP}/reservations/order-1-1/release`;
    const service = await ask("PUT", path, { headers: { [HEADERS.service]: TOKEN } });
    expect([service.status, service.json?.state]).toEqual([200, "released"]);
    expect((await ask("PUT", path)).code).toBe("BYN-SHOP-003");
  });

  it("is ready with slots in any state, and not without their rows", async () => {
    await ownAll(database.pool, [7]);
    expect((await ask("GET", "/readyz")).json).toEqual({
      status: "ready",
      database: "answers",
      slots: { owned: 101, following: 1 },
    });
    const { pool } = database;
    await pool.query("CREATE TABLE kept AS SELECT * FROM handover.slot");
    await pool.query("DELETE FROM handover.slot WHERE slot = 7");
    const unready = await ask("GET", "/readyz");
    expect([unready.status, unready.code]).toEqual([503, "BYN-SHOP-004"]);
    await pool.query("INSERT INTO handover.slot SELECT * FROM kept WHERE slot = 7");
    expect((await ask("GET", "/livez")).status).toBe(200);
  });
});
