import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import type { Pool } from "pg";
import { uuidV7 } from "./adapters/identifier.ts";
import { createMonolithApp } from "./app.ts";
import { createSessions, type Sessions } from "./customers/session.ts";
import { ADMIN_EMAIL, DEMO_PASSWORD } from "./seed/customers.ts";
import { fill } from "./seed/fill.ts";

export const silent = createLog("test", "silent");

export interface ShopDatabase {
  readonly url: string;
  readonly pool: Pool;
  remove(): Promise<void>;
}

/** A migrated database `shop` with nothing in it. */
export async function createShopDatabase(adminUrl: string): Promise<ShopDatabase> {
  const admin = createPool(adminUrl, { max: 1, name: "test-admin" }, silent);
  const name = `shop_test_${randomBytes(6).toString("hex")}`;
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const address = new URL(adminUrl);
  address.pathname = `/${name}`;
  const pool = createPool(address.href, { max: 10, name: "test" }, silent);
  await migrate(pool, join(import.meta.dirname, "migrations"));
  return {
    url: address.href,
    pool,
    remove: async () => {
      await pool.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

/** A private key as `SESSION_KEY` has it. */
export function newSessionKey(): string {
  return JSON.stringify(generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }));
}

export interface Shop {
  readonly url: string;
  readonly pool: Pool;
  readonly sessions: Sessions;
  ask(path: string, options?: Asking): Promise<Response>;
  /** The cookie of the seeded administrator. */
  readonly admin: string;
  stop(): Promise<void>;
}

interface Asking {
  readonly method?: string;
  readonly body?: unknown;
  readonly cookie?: string;
  readonly headers?: Record<string, string>;
}

/** The whole shop on a port of its own, with 300 products and 3 customers of seed 1. */
export async function openShop(adminUrl: string): Promise<Shop> {
  const database = await createShopDatabase(adminUrl);
  await fill(database.pool, { seed: 1, products: 300, customers: 3 });
  const sessions = await createSessions(newSessionKey(), Date.now);
  const server = createServer(
    createMonolithApp({
      pool: database.pool,
      log: silent,
      sessions,
      now: Date.now,
      newId: () => uuidV7(Date.now(), randomBytes(10)),
    }),
  );
  const url = `http://127.0.0.1:${await listen(server, 0)}`;
  const ask: Shop["ask"] = (path, { method = "GET", body, cookie, headers } = {}) =>
    fetch(url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(cookie === undefined ? {} : { cookie }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const signedIn = await ask("/api/sessions", {
    method: "POST",
    body: { email: ADMIN_EMAIL, password: DEMO_PASSWORD },
  });
  return {
    url,
    pool: database.pool,
    sessions,
    ask,
    admin: cookieFrom(signedIn),
    stop: async () => {
      await close(server);
      await database.remove();
    },
  };
}

/** `session=…` as a browser would send it back. */
export function cookieFrom(answer: Response): string {
  return answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

/** The code of a problem document. */
export async function codeOf(answer: Response): Promise<unknown> {
  return ((await answer.json()) as { code?: unknown }).code;
}
