import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { trustedProxies } from "@banyan/platform/http/trusted-proxies.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { z } from "zod";
import { uuidV7 } from "./adapters/identifier.ts";
import type { MonolithDeps } from "./app.ts";
import { createSessions } from "./customers/session.ts";
import { createSignInLimit } from "./customers/sign-in-limit.ts";
import { createSignUpLimit } from "./customers/sign-up-limit.ts";
import { smtpMailer } from "./notifications/mailer.ts";
import { finishCancels } from "./orders/cancel.ts";
import { settleAttempts } from "./payments/charge-attempts.ts";
import { httpCardProcessor } from "@banyan/shop/clients/http-card-processor.ts";
import { startSettling } from "./payments/settling.ts";
import { storefrontBase } from "./storefront/base.ts";

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
});

const POOL_CONNECTIONS = 10;
/** Far longer than a checkout waits for the card processor and the mail server together. */
const IDLE_IN_TRANSACTION_MS = 60_000;
/** About as long as a checkout holds its locks when the card processor is silent and the mail server slow. */
const LOCK_MS = 10_000;
/** Longer than any report over years of orders takes; a request's client is gone by then. */
const STATEMENT_MS = 30_000;

export interface OpenMonolith {
  readonly deps: MonolithDeps;
  /** Told once the port is known: until another is given, the storefront asks here. */
  listensAt(host: string, port: number): void;
  /** Reads again what may change while it runs (SIGHUP). */
  reload(): Promise<void>;
  /** After the last request was answered. */
  close(): Promise<void>;
}

/** Migrates the database and opens all that the shop stands on. Nothing is left open when it throws. */
export async function openMonolith(
  settings: z.output<typeof MonolithSettings>,
  log: Log,
): Promise<OpenMonolith> {
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
    let itself = "";
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
        { what: "cancellations that did not end", settle: (before) => finishCancels(orders, before) },
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
      },
      listensAt: (host, port) => {
        itself = addressOf(host, port);
      },
      reload: () => storefront.reload(),
      close: async () => {
        await settling.stop();
        mailer.close();
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

/** With a connection of its own: a migration of a large table may take longer than a request may. */
async function migrated(url: string, log: Log): Promise<string[]> {
  const pool = createPool(url, { max: 1, name: "monolith-migrations" }, log);
  try {
    return await migrate(pool, join(import.meta.dirname, "migrations"));
  } finally {
    await pool.end();
  }
}

/** Where a process reaches itself: who listens everywhere listens on loopback too. */
export function addressOf(host: string, port: number): string {
  const own = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${own.includes(":") ? `[${own}]` : own}:${port}`;
}
