import { createServer } from "node:http";
import { join } from "node:path";
import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { runProcess } from "@banyan/platform/lifecycle/process.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { traced } from "@banyan/platform/telemetry/server.ts";
import { startTelemetry } from "@banyan/platform/telemetry/telemetry.ts";
import { z } from "zod";
import { createCardProcessorApp } from "./app.ts";

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535),
  HOST: z.string().default("127.0.0.1"),
  DATABASE_URL: z.url(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
});

const POOL_CONNECTIONS = 5;
/** Requests that wait for the silent card's answer would hold the stop up for nothing. */
const STOP_BOUND_MS = 1_000;

const log = createLog("card-processor");

await runProcess(log, async () => {
  await startTelemetry(process.env, "card-processor", log);
  const environment = readEnvironment(Environment, process.env);
  log.level = environment.LOG_LEVEL;
  const pool = createPool(environment.DATABASE_URL, { max: POOL_CONNECTIONS, name: "card-processor" }, log);
  const applied = await migrate(pool, join(import.meta.dirname, "migrations"));
  if (applied.length > 0) log.info({ applied }, "migrated");
  const server = createServer(traced(createCardProcessorApp({ pool, log, now: Date.now })));
  const port = await listen(server, environment.PORT, environment.HOST);
  log.info({ port, host: environment.HOST }, "the card processor listens");
  return {
    stop: async () => {
      await close(server, STOP_BOUND_MS);
      await pool.end();
    },
  };
});
