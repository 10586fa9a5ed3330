import { createServer } from "node:http";
import { join } from "node:path";
import { createControllerApp } from "@banyan/controller/app.ts";
import { openController } from "@banyan/controller/open-controller.ts";
import { controlled } from "@banyan/controller/reconcile/controlled.ts";
import { stockRows as extractedStock } from "@banyan/inventory/stock/stock-rows.ts";
import { stockRows as monolithStock } from "@banyan/monolith/inventory/stock-rows.ts";
import { orderRows as monolithOrders } from "@banyan/monolith/orders/order-rows.ts";
import { orderRows as extractedOrders } from "@banyan/orders/orders/order-rows.ts";
import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { runProcess } from "@banyan/platform/lifecycle/process.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { followProvedRungs } from "@banyan/platform/records/proved-rungs.ts";
import { loadSettings } from "@banyan/platform/settings/settings.ts";
import { startTelemetry } from "@banyan/platform/telemetry/telemetry.ts";
import { inventoryCapability } from "@banyan/shop/inventory/inventory-capability.ts";
import { ordersCapability } from "@banyan/shop/orders/orders-capability.ts";
import { z } from "zod";

/*
 * The controller's process. It moves slots between the databases of both sides, never through the services, so that slots
 * can be moved away from a dead one: it knows both sides' tables, as only a composition root may.
 */

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535),
  HOST: z.string().default("127.0.0.1"),
  /** The controller's own: its lease. */
  CONTROLLER_DATABASE_URL: z.url(),
  /** Of the sides, each as its owner. */
  MONOLITH_DATABASE_URL: z.url(),
  ORDERS_DATABASE_URL: z.url(),
  INVENTORY_DATABASE_URL: z.url(),
  BANYAN_CONFIG: z
    .string()
    .min(1)
    .default(join(import.meta.dirname, "..", "..", "banyan.yaml")),
  BANYAN_FLAGS_BACKUP: z.string().min(1),
  /** What was proved: capabilities with `enforce` move no further. */
  BANYAN_LEDGER: z.string().min(1),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
});

/** Longer than a slot's fill takes; a database that is slower than this counts as away. */
const STATEMENT_MS = 30_000;
const LEDGER_EVERY_MS = 500;

const log = createLog("controller");

await runProcess(log, async () => {
  await startTelemetry(process.env, "controller", log);
  const environment = readEnvironment(Environment, process.env);
  log.level = environment.LOG_LEVEL;
  const settings = loadSettings(environment.BANYAN_CONFIG, process.env);
  const poolOf = (url: string) =>
    createPool(url, { max: 4, name: "controller", statementMs: STATEMENT_MS }, log);
  const monolith = poolOf(environment.MONOLITH_DATABASE_URL);
  const orders = poolOf(environment.ORDERS_DATABASE_URL);
  const inventory = poolOf(environment.INVENTORY_DATABASE_URL);
  const names = Object.keys(settings.capabilities);
  const proved = await followProvedRungs(environment.BANYAN_LEDGER, names, { log, everyMs: LEDGER_EVERY_MS });
  const opened = await openController({
    proved: proved.of,
    databaseUrl: environment.CONTROLLER_DATABASE_URL,
    settings,
    backupFolder: environment.BANYAN_FLAGS_BACKUP,
    capabilities: [
      controlled({
        monolith: { pool: monolith, capability: ordersCapability(monolithOrders) },
        extracted: { pool: orders, capability: ordersCapability(extractedOrders) },
      }),
      controlled({
        monolith: { pool: monolith, capability: inventoryCapability(monolithStock) },
        extracted: { pool: inventory, capability: inventoryCapability(extractedStock) },
      }),
    ],
    log,
  });
  const server = createServer(createControllerApp(opened.controller));
  const port = await listen(server, environment.PORT, environment.HOST);
  log.info({ port, host: environment.HOST }, "the controller listens");
  return {
    stop: async () => {
      await close(server);
      await opened.close();
      proved.stop();
      await Promise.all([monolith.end(), orders.end(), inventory.end()]);
    },
  };
});
