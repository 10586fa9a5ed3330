import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { runOnce } from "@banyan/platform/lifecycle/process.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { z } from "zod";
import { migrateMonolith } from "./migrate-monolith.ts";
import { dayBefore } from "./seed/calendar.ts";
import { fill } from "./seed/fill.ts";

const Environment = z.object({
  DATABASE_URL: z.url(),
  SEED: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
  PRODUCTS: z.coerce.number().int().min(1).max(100_000).default(5_000),
  CUSTOMERS: z.coerce.number().int().min(0).max(100_000).default(2_000),
  /** From 1,000,000 on, even numbers are the extracted side's. */
  ORDERS: z.coerce.number().int().min(0).max(999_999).default(20_000),
  /** The last day with orders, UTC; else yesterday, so that a report of the last days has something to show. */
  LAST_DAY: z.iso.date().optional(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
});

const log = createLog("seed");

await runOnce(log, async () => {
  const environment = readEnvironment(Environment, process.env);
  log.level = environment.LOG_LEVEL;
  const { SEED: seed, PRODUCTS: products, CUSTOMERS: customers, ORDERS: orders } = environment;
  const pool = createPool(environment.DATABASE_URL, { max: 1, name: "seed" }, log);
  try {
    const started = performance.now();
    const migrations = await migrateMonolith(pool);
    const lastDay = environment.LAST_DAY ?? dayBefore(Date.now());
    const { filled, categories } = await fill(pool, { seed, products, customers, orders }, lastDay);
    const tookMs = Math.round(performance.now() - started);
    const numbers = { seed, products, customers, orders, categories, migrations: migrations.length, tookMs };
    const made = `made ${products} products in ${categories} categories, ${customers} customers and ${orders} orders`;
    if (filled) log.info(numbers, made);
    else log.info(numbers, "the demo data of these numbers is there already; nothing was changed");
  } finally {
    await pool.end();
  }
});
