import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createCardProcessorApp } from "@banyan/outside/card-processor/app.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import type { SagaGround } from "@banyan/shop/checkout/checkout.ts";
import type { Partners } from "@banyan/shop/checkout/partners.ts";
import { createOrderStore } from "@banyan/shop/orders/order-store.ts";
import { publishedSessions } from "@banyan/shop/sessions/published-sessions.ts";
import type { Pool } from "pg";
import { createOrdersApp } from "./app.ts";
import { partnersOf } from "./open-orders.ts";
import { newId } from "./orders/new-id.ts";
import { orderRows } from "./orders/order-rows.ts";
import { createTestDatabase, silent } from "./orders-database.fixture.ts";
import { type RestOfShop, SERVICE_TOKEN } from "./rest-of-shop.fixture.ts";

const CARD_MIGRATIONS = join(import.meta.dirname, "../../outside/card-processor/migrations");

export const HOME = {
  name: "Zoë Ångström",
  street: "1 Long Row",
  postcode: "D08 F1G0",
  city: "Dublin",
  country: "IE",
};

/** The cards that the processor knows by number; each is good until the end of 2098. */
export const CARDS = {
  good: cardOf("4242424242424242"),
  declined: cardOf("4000000000000002"),
  /** Charged, but the answer never comes. */
  silent: cardOf("4000000000000341"),
};

function cardOf(number: string) {
  return { number, expiry: "12/98", cvc: "123" };
}

export interface Cards {
  readonly url: string;
  /** The books: charges by status. */
  books(): Promise<Readonly<Record<string, number>>>;
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** A real card processor with empty books. */
export async function openCards(adminUrl: string): Promise<Cards> {
  const database = await createTestDatabase(adminUrl, "cards_test", [CARD_MIGRATIONS]);
  const server = createServer(createCardProcessorApp({ pool: database.pool, log: silent, now: Date.now }));
  return {
    url: `http://127.0.0.1:${await listen(server, 0)}`,
    books: async () => {
      const { rows } = await database.pool.query<{ status: string; count: number }>(
        "SELECT status, count(*)::int FROM charge GROUP BY status",
      );
      return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
    },
    clear: async () => {
      await database.pool.query("DELETE FROM charge");
    },
    stop: async () => {
      await close(server, 100); // the silent card's requests are never answered
      await database.remove();
    },
  };
}

export interface GroundOptions {
  readonly pool: Pool;
  readonly rest: RestOfShop;
  readonly cards: Cards;
  /** Stands between the sagas and their partners, e.g. to move a slot in the middle. */
  readonly around?: (partners: Partners) => Partners;
  /** The machine's own unless one is given. */
  readonly clock?: Clock;
}

interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const CLOCK: Clock = { now: Date.now, sleep: (ms) => sleep(ms) };

/** A clock that goes on by sleeping, and at once: what waits for a bound has waited. */
export function fastClock(): Clock {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    sleep: async (ms) => {
      aheadMs += ms;
      await sleep(0);
    },
  };
}

/** What the sagas of one side stand on: its database, and partners over HTTP. */
export function groundOf({ pool, rest, cards, around, clock = CLOCK }: GroundOptions): SagaGround {
  const settings = { CARD_PROCESSOR_URL: cards.url, SHOP_URL: rest.url, SERVICE_TOKEN };
  const partners = partnersOf(settings, 500);
  return {
    store: createOrderStore(pool, orderRows),
    partners: around?.(partners) ?? partners,
    log: silent,
    newId: () => newId(Date.now()),
    ...clock,
  };
}

export interface OrdersSide {
  readonly url: string;
  ask(path: string, options?: Asking): Promise<Response>;
  /** Orders the cart that stands there. */
  checkOut(cookie: string, more?: object, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

interface Asking {
  readonly method?: string;
  readonly cookie?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** The whole app on a port of its own. */
export async function openOrdersSide(options: GroundOptions): Promise<OrdersSide> {
  const { pool, rest } = options;
  const sessions = publishedSessions({ url: rest.jwksUrl, log: silent, now: Date.now });
  const trustedProxies = ["loopback"];
  const server = createServer(
    createOrdersApp({ pool, sessions, ground: groundOf(options), log: silent, trustedProxies }),
  );
  const url = `http://127.0.0.1:${await listen(server, 0)}`;
  const ask: OrdersSide["ask"] = (path, { method = "GET", cookie, body, headers } = {}) =>
    fetch(url + path, {
      method,
      headers: {
        ...(method === "GET" ? {} : { "content-type": "application/json" }),
        ...(cookie === undefined ? {} : { cookie }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    url,
    ask,
    checkOut: (cookie, more = {}, headers = {}) =>
      ask("/api/orders", {
        method: "POST",
        cookie,
        headers,
        body: { shipTo: HOME, card: CARDS.good, ...more },
      }),
    stop: () => close(server, 100),
  };
}

/** The code of a problem document. */
export async function codeOf(answer: Response): Promise<unknown> {
  return ((await answer.json()) as { code?: unknown }).code;
}
