import { randomBytes } from "node:crypto";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import { ORDERS } from "@banyan/contracts/events/orders.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import { trustedProxies } from "@banyan/platform/http/trusted-proxies.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { httpCardProcessor } from "@banyan/shop/clients/http-card-processor.ts";
import type { Pool } from "pg";
import { z } from "zod";
import { uuidV7 } from "./adapters/identifier.ts";
import type { MonolithDeps } from "./app.ts";
import { createSessions } from "./customers/session.ts";
import { createSignInLimit } from "./customers/sign-in-limit.ts";
import { createSignUpLimit } from "./customers/sign-up-limit.ts";
import { createGuardedStock } from "./inventory/guarded-stock.ts";
import { migrateMonolith } from "./migrate-monolith.ts";
import { smtpMailer } from "./notifications/mailer.ts";
import { finishCancels } from "./orders/cancel.ts";
import { CheckoutMode, enterMode } from "./orders/checkout-mode.ts";
import { sagaGround } from "./orders/saga-ground.ts";
import { settleAttempts } from "./payments/charge-attempts.ts";
import { startSettling } from "./payments/settling.ts";
import type { ReportPeers } from "./reports/copies.ts";
import { storefrontBase } from "./storefront/base.ts";

/** Long enough that nobody guesses it. */
export const ServiceToken = z.string().min(16);

/** What a process that hosts the shop reads from its environment, besides where it listens. */
export const MonolithSettings = z.object({
  DATABASE_URL: z.url(),
  SESSION_KEY: z.string(),
  CARD_PROCESSOR_URL: z.url({ protocol: /^https?$/ }).default("http://127.0.0.1:3003"),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).default("smtp://127.0.0.1:2525"),
  /** A file that holds the address at which the storefront's pages fetch `/api`; without one, the shop itself. */
  STOREFRONT_FILE: z.string().min(1).optional(),
  /** Whose `X-Forwarded-*` is believed: addresses, CIDRs, `loopback`, `linklocal`, `uniquelocal`, with commas; or `none`. */
  TRUST_PROXY: trustedProxies.prefault("loopback"),
  CHECKOUT: CheckoutMode.default("transaction"),
  /** Between the shop's own services; without one, its internal routes are not there. `saga` needs one. */
  SERVICE_TOKEN: ServiceToken.optional(),
  /** The extracted sides' databases as the feed role: how far the reports' copies are behind. */
  ORDERS_PEER_URL: z.url().optional(),
  INVENTORY_PEER_URL: z.url().optional(),
});

const POOL_CONNECTIONS = 10;
/** Far longer than a checkout waits for the card processor and the mail server together. */
const IDLE_IN_TRANSACTION_MS = 60_000;
/** About as long as a checkout holds its locks when the card processor is silent and the mail server slow. */
const LOCK_MS = 10_000;
/** Longer than any report over years of orders takes; a request's client is gone by then. */
const STATEMENT_MS = 30_000;
/** A report does without what a peer does not say by then. */
const PEER_MS = 2_000;

export interface OpenMonolith {
  readonly deps: MonolithDeps;
  /** Told once the port is known: until another is given, the storefront asks here. */
  listensAt(host: string, port: number): void;
  /** Reads again what may change while it runs (SIGHUP). */
  reload(): Promise<void>;
  /** After the last request was answered. */
  close(): Promise<void>;
}

/**
 * Migrates the database, makes it fit for the way of checking out and opens all that the shop stands on. Nothing is left
 * open when it throws.
 * @throws BYN-CONFIG-001; BYN-DATA-001; BYN-SHOP-033
 */
export async function openMonolith(
  settings: z.output<typeof MonolithSettings>,
  log: Log,
): Promise<OpenMonolith> {
  const { CHECKOUT: mode, SERVICE_TOKEN: serviceToken } = settings;
  const sagaToken = mode === "saga" ? neededBySaga(serviceToken) : undefined;
  const sessions = await createSessions(settings.SESSION_KEY, Date.now);
  const mailer = smtpMailer(settings.SMTP_URL);
  const pool = createPool(
    settings.DATABASE_URL,
    {
      max: POOL_CONNECTIONS,
      name: "monolith",
      idleInTransactionMs: IDLE_IN_TRANSACTION_MS,
      lockMs: LOCK_MS,
      statementMs: STATEMENT_MS,
    },
    log,
  );
  try {
    const applied = await migrated(settings.DATABASE_URL, log);
    if (applied.length > 0) log.info({ applied }, "migrated");
    await enterMode(pool, mode);
    let itself = "";
    const peers = openPeers(settings, log);
    const storefront = await storefrontBase({ file: settings.STOREFRONT_FILE, itself: () => itself, log });
    const cards = httpCardProcessor(settings.CARD_PROCESSOR_URL);
    const newId = () => uuidV7(Date.now(), randomBytes(10));
    const orders = { pool, cards, mailer, log, now: Date.now, newId };
    const settling = startSettling(
      [
        {
          what: "charges without an order",
          settle: (before) => settleAttempts(pool, { cards, log, before }),
        },
        // In the other mode they are sagas, which the worker resumes.
        ...(mode === "transaction"
          ? [
              {
                what: "cancellations that did not end",
                settle: (before: Date) => finishCancels(orders, before),
              },
            ]
          : []),
      ],
      { log, now: Date.now },
    );
    return {
      deps: {
        ...orders,
        sessions,
        signInLimit: createSignInLimit(),
        signUpLimit: createSignUpLimit(),
        trustedProxies: settings.TRUST_PROXY,
        storefront,
        serviceToken,
        ...(sagaToken === undefined
          ? {}
          : {
              saga: sagaGround({ ...orders, serviceToken: sagaToken, shop: () => storefront.base() }),
              guardedStock: createGuardedStock({
                ...orders,
                base: () => storefront.base(),
                serviceToken: sagaToken,
              }),
              owned: { peers: peers.outboxes },
            }),
      },
      listensAt: (host, port) => {
        itself = addressOf(host, port);
      },
      reload: () => storefront.reload(),
      close: async () => {
        await settling.stop();
        mailer.close();
        await Promise.all([peers.close(), pool.end()]);
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

/** For the reports: where the peers' `seq` can be read. */
function openPeers(
  { ORDERS_PEER_URL, INVENTORY_PEER_URL }: z.output<typeof MonolithSettings>,
  log: Log,
): { readonly outboxes: ReportPeers; close(): Promise<void> } {
  const pools: Pool[] = [];
  const outboxAt = (url: string | undefined) => {
    if (url === undefined) return undefined;
    const pool = createPool(url, { max: 1, name: "monolith reports", statementMs: PEER_MS }, log);
    pools.push(pool);
    return peerOutbox(pool);
  };
  return {
    outboxes: { [ORDERS]: outboxAt(ORDERS_PEER_URL), [INVENTORY]: outboxAt(INVENTORY_PEER_URL) },
    close: async () => {
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
}

function neededBySaga(serviceToken: string | undefined): string {
  if (serviceToken !== undefined) return serviceToken;
  const message = "is needed by CHECKOUT=saga";
  throw new BanyanError("BYN-CONFIG-001", `the environment is not usable: SERVICE_TOKEN: ${message}`, {
    mistakes: [{ place: "SERVICE_TOKEN", message }],
  });
}

/** With a connection of its own: a migration of a large table may take longer than a request may. */
async function migrated(url: string, log: Log): Promise<string[]> {
  const pool = createPool(url, { max: 1, name: "monolith-migrations" }, log);
  try {
    return await migrateMonolith(pool);
  } finally {
    await pool.end();
  }
}

/** Where a process reaches itself: who listens everywhere listens on loopback too. */
export function addressOf(host: string, port: number): string {
  const own = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${own.includes(":") ? `[${own}]` : own}:${port}`;
}
