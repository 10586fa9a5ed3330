import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { runProcess } from "@banyan/platform/lifecycle/process.ts";
import { follow } from "@banyan/platform/log/follower.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { startTelemetry } from "@banyan/platform/telemetry/telemetry.ts";
import { z } from "zod";
import { catalogCopy } from "./sync/catalog-copy.ts";
import { createHealthApp } from "./sync/health.ts";

const Environment = z.object({
  /** Health and numbers. */
  PORT: z.coerce.number().int().min(0).max(65_535),
  HOST: z.string().default("127.0.0.1"),
  /** The catalog's own database. */
  DATABASE_URL: z.url(),
  /** The monolith's database as the feed role. */
  SOURCE_DATABASE_URL: z.url(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
});

// The catalog's second process: follows the monolith's outbox and applies it to the copy (design §2, §5).
const log = createLog("catalog-worker");
await runProcess(log, async () => {
  await startTelemetry(process.env, "catalog-worker", log);
  const environment = readEnvironment(Environment, process.env);
  log.level = environment.LOG_LEVEL;
  const copy = createPool(environment.DATABASE_URL, { max: 4, name: "catalog worker" }, log);
  const source = createPool(environment.SOURCE_DATABASE_URL, { max: 4, name: "catalog worker" }, log);
  await migrate(copy, fileURLToPath(new URL("migrations", import.meta.url)));
  const follower = follow({
    capability: catalogCopy,
    source,
    sourceUrl: environment.SOURCE_DATABASE_URL,
    copy,
    log,
    random: Math.random,
    now: Date.now,
  });
  const server = createServer(createHealthApp(follower));
  const port = await listen(server, environment.PORT, environment.HOST);
  log.info({ port }, "following");
  return {
    stop: async () => {
      await close(server);
      await follower.stop();
      await Promise.all([copy.end(), source.end()]);
    },
  };
});
