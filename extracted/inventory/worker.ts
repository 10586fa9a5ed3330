import { createServer } from "node:http";
import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { LogSettings } from "@banyan/platform/handover/event-log/open-log.ts";
import { createWorkerApp } from "@banyan/platform/handover/worker-app.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { runProcess } from "@banyan/platform/lifecycle/process.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { startTelemetry } from "@banyan/platform/telemetry/telemetry.ts";
import { z } from "zod";
import { openInventory } from "./open-inventory.ts";
import { startSync } from "./sync/sync.ts";

const Environment = LogSettings.extend({
  /** Health. */
  PORT: z.coerce.number().int().min(0).max(65_535),
  HOST: z.string().default("127.0.0.1"),
  /** The inventory's own database. */
  DATABASE_URL: z.url(),
  /** The monolith's database as the feed role. */
  PEER_DATABASE_URL: z.url(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
});

// This side's second process: its relay and its inbox, and what gives expired reservations back (design §2, §5).
const log = createLog("inventory-worker");

await runProcess(log, async () => {
  await startTelemetry(process.env, "inventory-worker", log);
  const environment = readEnvironment(Environment, process.env);
  log.level = environment.LOG_LEVEL;
  const inventory = await openInventory(environment.DATABASE_URL, "inventory worker", log);
  const sync = await startSync(environment, inventory, log);
  const server = createServer(createWorkerApp({ ...sync, pool: inventory.pool, log }));
  const port = await listen(server, environment.PORT, environment.HOST);
  log.info({ port }, "relaying, applying, expiring");
  return {
    stop: async () => {
      await close(server);
      await sync.stop();
      await inventory.close();
    },
  };
});
