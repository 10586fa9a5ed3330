import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HANDOVER_TABLES } from "@banyan/platform/handover/tables.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import type { SagaGround } from "@banyan/shop/checkout/checkout.ts";
import type { Partners } from "@banyan/shop/checkout/partners.ts";
import { httpCardProcessor } from "@banyan/shop/clients/http-card-processor.ts";
import { httpCarts } from "@banyan/shop/clients/http-carts.ts";
import { httpInventory } from "@banyan/shop/clients/http-inventory.ts";
import { createOrderStore } from "@banyan/shop/orders/order-store.ts";
import type { Pool } from "pg";
import { z } from "zod";
import { newId } from "./orders/new-id.ts";
import { orderRows } from "./orders/order-rows.ts";

/** What both processes of this side read from their environment: whom a saga asks, and the database. */
export const OrdersSettings = z.object({
  DATABASE_URL: z.url(),
  CARD_PROCESSOR_URL: z.url({ protocol: /^https?$/ }).default("http://127.0.0.1:3003"),
  /** Where carts and stock are asked for: the proxy, which knows their owners. */
  SHOP_URL: z.url({ protocol: /^https?$/ }),
  SERVICE_TOKEN: z.string().min(1),
});
export type OrdersSettings = z.output<typeof OrdersSettings>;

/** A partner that gives no answer is waited for so long, and then asked again by id or undone. */
const PARTNER_MS = 5_000;
const POOL_CONNECTIONS = 10;
/** No transaction waits for anything but the database, so these are far more than any of them takes. */
const LIMITS = { idleInTransactionMs: 30_000, lockMs: 5_000, statementMs: 10_000 } as const;

export interface OpenOrders {
  readonly pool: Pool;
  readonly ground: SagaGround;
  close(): Promise<void>;
}

/**
 * Migrates the database and opens what the sagas of this side stand on. `name` is the process, for the database's list
 * of connections. Nothing is left open when it throws.
 */
export async function openOrders(settings: OrdersSettings, name: string, log: Log): Promise<OpenOrders> {
  await migrated(settings.DATABASE_URL, name, log);
  const pool = createPool(settings.DATABASE_URL, { max: POOL_CONNECTIONS, name, ...LIMITS }, log);
  const ground: SagaGround = {
    store: createOrderStore(pool, orderRows),
    partners: partnersOf(settings),
    log,
    now: Date.now,
    newId: () => newId(Date.now()),
    sleep,
  };
  return { pool, ground, close: () => pool.end() };
}

/** Over HTTP; `cardMs` is how long the card processor is waited for. */
export function partnersOf(
  { CARD_PROCESSOR_URL, SHOP_URL, SERVICE_TOKEN }: Omit<OrdersSettings, "DATABASE_URL">,
  cardMs = PARTNER_MS,
): Partners {
  const shop = { base: () => SHOP_URL, token: SERVICE_TOKEN, deadlineMs: PARTNER_MS };
  return {
    cards: httpCardProcessor(CARD_PROCESSOR_URL, cardMs),
    inventory: httpInventory({ ...shop, name: "the inventory" }),
    carts: httpCarts({ ...shop, name: "the carts" }),
  };
}

/** With a connection of its own: a migration of a large table may take longer than a request may. */
async function migrated(url: string, name: string, log: Log): Promise<void> {
  const pool = createPool(url, { max: 1, name: `${name} migrations` }, log);
  try {
    const applied = [...(await migrate(pool, HANDOVER_TABLES)), ...(await migrate(pool, MIGRATIONS))];
    if (applied.length > 0) log.info({ applied }, "migrated");
  } finally {
    await pool.end();
  }
}

const MIGRATIONS = join(import.meta.dirname, "migrations");
