import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { runProcess } from "@banyan/platform/lifecycle/process.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { z } from "zod";
import { uuidV7 } from "./adapters/identifier.ts";
import { createMonolithApp } from "./app.ts";
import { createSessions } from "./customers/session.ts";

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535),
  HOST: z.string().default("127.0.0.1"),
  DATABASE_URL: z.url(),
  SESSION_KEY: z.string(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
});

const POOL_CONNECTIONS = 10;

const log = createLog("monolith");

await runProcess(log, async () => {
  const environment = readEnvironment(Environment, process.env);
  log.level = environment.LOG_LEVEL;
  const sessions = await createSessions(environment.SESSION_KEY, Date.now);
  const pool = createPool(environment.DATABASE_URL, { max: POOL_CONNECTIONS, name: "monolith" }, log);
  const applied = await migrate(pool, join(import.meta.dirname, "migrations"));
  if (applied.length > 0) log.info({ applied }, "migrated");
  const app = createMonolithApp({
    pool,
    log,
    sessions,
    now: Date.now,
    newId: () => uuidV7(Date.now(), randomBytes(10)),
  });
  const server = createServer(app);
  const port = await listen(server, environment.PORT, environment.HOST);
  log.info({ port, host: environment.HOST }, "the monolith listens");
  return {
    stop: async () => {
      await close(server);
      await pool.end();
    },
  };
});
