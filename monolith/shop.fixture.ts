import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createCardProcessorApp } from "@banyan/outside/card-processor/app.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import type { SagaGround } from "@banyan/shop/checkout/checkout.ts";
import type { CardProcessor, Partners } from "@banyan/shop/checkout/partners.ts";
import { httpCardProcessor } from "@banyan/shop/clients/http-card-processor.ts";
import { createOrderStore } from "@banyan/shop/orders/order-store.ts";
import type { Pool } from "pg";
import { uuidV7 } from "./adapters/identifier.ts";
import { createMonolithApp, type MonolithDeps } from "./app.ts";
import { customerCarts } from "./carts/customer-carts.ts";
import { createSessions, type Sessions } from "./customers/session.ts";
import { createSignInLimit, type SignInLimit } from "./customers/sign-in-limit.ts";
import { createSignUpLimit, type SignUpLimit } from "./customers/sign-up-limit.ts";
import { createGuardedStock } from "./inventory/guarded-stock.ts";
import { migrateMonolith } from "./migrate-monolith.ts";
import type { Mail, Mailer } from "./notifications/mailer.ts";
import { enterMode } from "./orders/checkout-mode.ts";
import { orderRows } from "./orders/order-rows.ts";
import { type StandInInventory, standInInventory } from "./orders/stand-in-inventory.fixture.ts";
import { LAST_DRAWN_DAY } from "./seed/calendar.ts";
import { ADMIN_EMAIL, DEMO_PASSWORD } from "./seed/customers.ts";
import { fill } from "./seed/fill.ts";

export const silent = createLog("test", "silent");

/** Of every shop with guarded stock. */
export const SERVICE_TOKEN = "service-token-of-the-tests";

const OPEN_INVENTORY = `SELECT handover.open('inventory', true)
  WHERE NOT EXISTS (SELECT FROM handover.slot WHERE capability = 'inventory')`;
const CARD_MIGRATIONS = join(import.meta.dirname, "../outside/card-processor/migrations");

export interface ShopDatabase {
  readonly url: string;
  readonly pool: Pool;
  remove(): Promise<void>;
}

/** A migrated database `shop` with nothing in it. */
export function createShopDatabase(adminUrl: string): Promise<ShopDatabase> {
  return createTestDatabase(adminUrl, "shop_test", migrateMonolith);
}

async function createTestDatabase(
  adminUrl: string,
  prefix: string,
  migrated: (pool: Pool) => Promise<unknown>,
): Promise<ShopDatabase> {
  const admin = createPool(adminUrl, { max: 1, name: "test-admin" }, silent);
  const name = `${prefix}_${randomBytes(6).toString("hex")}`;
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const address = new URL(adminUrl);
  address.pathname = `/${name}`;
  const pool = createPool(address.href, { max: 10, name: "test" }, silent);
  await migrated(pool);
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
  /** What the shop has mailed, the oldest first. */
  readonly mails: readonly Mail[];
  /** The card processor, and its books. */
  readonly cards: { readonly url: string; readonly pool: Pool };
  readonly databaseUrl: string;
  /** In the mode `saga` only. */
  readonly saga?: { readonly ground: SagaGround; readonly stock: StandInInventory };
  stop(): Promise<void>;
}

interface Asking {
  readonly method?: string;
  readonly body?: unknown;
  readonly cookie?: string;
  readonly headers?: Record<string, string>;
}

export interface ShopOptions {
  /** Of the past; none unless asked for. */
  readonly orders?: number;
  /** How long the shop waits for the card processor. */
  readonly cardDeadlineMs?: number;
  readonly signInLimit?: SignInLimit;
  readonly signUpLimit?: SignUpLimit;
  /** Loopback, which tests are, unless it is said. */
  readonly trustedProxies?: readonly string[];
  /** Stands between the shop and its mails, e.g. to refuse them. */
  readonly mailer?: (kept: Mailer) => Mailer;
  /** Stands between the shop and the card processor, e.g. to lose its answers. */
  readonly cards?: (kept: CardProcessor) => CardProcessor;
  /** Orders have owners (CHECKOUT=saga), and stock is reserved at a stand-in; the partners may be stood in between. */
  readonly saga?: (kept: Partners) => Partners;
  /** Of a saga that waits; real time unless it is said. */
  readonly sleep?: (ms: number) => Promise<void>;
  readonly serviceToken?: string;
  /** How long the shop waits for somebody else's lock; for ever unless it is said. */
  readonly lockMs?: number;
  /** Where the pages fetch `/api`; the shop itself unless it is said. */
  readonly base?: () => string;
  /** Orders and stock may be another side's; `openOwned` (owned.fixture.ts) makes the tables that it takes. */
  readonly owned?: MonolithDeps["owned"];
  /** Stock by guarded writes, owned by this shop at first. */
  readonly guardedStock?: boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * The whole shop on a port of its own, with 300 products and 3 customers of seed 1, and a real card processor on
 * another; mails stay in memory.
 */
export async function openShop(adminUrl: string, options: ShopOptions = {}): Promise<Shop> {
  const { orders = 0, cardDeadlineMs = 2_000, signInLimit = createSignInLimit(), now = Date.now } = options;
  const database = await createShopDatabase(adminUrl);
  await fill(database.pool, { seed: 1, products: 300, customers: 3, orders }, LAST_DRAWN_DAY);
  const isGuarded = options.guardedStock ?? false;
  if (isGuarded) await database.pool.query(OPEN_INVENTORY);
  const cards = await openCardProcessor(adminUrl);
  const sessions = await createSessions(newSessionKey(), now);
  const mails: Mail[] = [];
  const kept: Mailer = {
    send: async (mail) => {
      mails.push(mail);
    },
  };
  const { lockMs } = options;
  const pool =
    lockMs === undefined
      ? database.pool
      : createPool(database.url, { max: 10, name: "test-shop", lockMs }, silent);
  const processor = httpCardProcessor(cards.url, cardDeadlineMs);
  const standing = options.cards?.(processor) ?? processor;
  const newId = () => uuidV7(now(), randomBytes(10));
  let saga: Shop["saga"];
  if (options.saga !== undefined) {
    await enterMode(pool, "saga");
    const stock = standInInventory();
    const partners = { cards: standing, carts: customerCarts(pool, now), inventory: stock };
    const ground: SagaGround = {
      store: createOrderStore(pool, orderRows),
      partners: options.saga(partners),
      log: silent,
      now,
      newId,
      sleep: options.sleep ?? ((ms) => sleep(ms)),
    };
    saga = { ground, stock };
  }
  let url = "";
  const base = options.base ?? (() => url);
  const server = createServer(
    createMonolithApp({
      pool,
      log: silent,
      sessions,
      signInLimit,
      signUpLimit: options.signUpLimit ?? createSignUpLimit(1_000_000),
      trustedProxies: options.trustedProxies ?? ["loopback"],
      cards: standing,
      mailer: options.mailer?.(kept) ?? kept,
      storefront: { base },
      ...(options.owned === undefined ? {} : { owned: options.owned }),
      now,
      newId,
      serviceToken: options.serviceToken,
      saga: saga?.ground,
      guardedStock: isGuarded
        ? createGuardedStock({ pool, log: silent, now, base, serviceToken: SERVICE_TOKEN })
        : undefined,
    }),
  );
  url = `http://127.0.0.1:${await listen(server, 0)}`;
  // From the shop's own pages, as a browser says it: a change without a body has nothing else to show for itself.
  const ask: Shop["ask"] = (path, { method = "GET", body, cookie, headers } = {}) =>
    fetch(url + path, {
      method,
      headers: {
        ...(method === "GET" ? {} : { origin: url }),
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
    mails,
    cards,
    databaseUrl: database.url,
    ...(saga === undefined ? {} : { saga }),
    stop: async () => {
      await close(server);
      await cards.stop();
      if (pool !== database.pool) await pool.end();
      await database.remove();
    },
  };
}

/** What `createMonolithApp` wants besides a database, for tests that neither buy nor sign in often. */
export function noOutside(): Pick<
  MonolithDeps,
  "cards" | "mailer" | "signInLimit" | "signUpLimit" | "storefront" | "trustedProxies"
> {
  const refuse = async (): Promise<never> => {
    throw new Error("this test has no card processor and no mail server");
  };
  return {
    cards: { charge: refuse, find: refuse, refund: refuse },
    mailer: { send: refuse },
    signInLimit: createSignInLimit(),
    signUpLimit: createSignUpLimit(),
    trustedProxies: ["loopback"],
    storefront: { base: () => "http://127.0.0.1:9" },
  };
}

async function openCardProcessor(adminUrl: string): Promise<Shop["cards"] & { stop(): Promise<void> }> {
  const database = await createTestDatabase(adminUrl, "cards_test", (pool) => migrate(pool, CARD_MIGRATIONS));
  const server = createServer(createCardProcessorApp({ pool: database.pool, log: silent, now: Date.now }));
  return {
    url: `http://127.0.0.1:${await listen(server, 0)}`,
    pool: database.pool,
    stop: async () => {
      await close(server, 100); // the silent card's requests are never answered
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
