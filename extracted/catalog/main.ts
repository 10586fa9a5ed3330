import { createServer } from "node:http";
import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { withAccessLines } from "@banyan/platform/http/access-line.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { runProcess } from "@banyan/platform/lifecycle/process.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { traced } from "@banyan/platform/telemetry/server.ts";
import { startTelemetry } from "@banyan/platform/telemetry/telemetry.ts";
import { z } from "zod";
import { createCatalogApp } from "./app.ts";
import { CatalogSettings, openCatalog } from "./open-catalog.ts";

const Environment = CatalogSettings.extend({
  PORT: z.coerce.number().int().min(0).max(65_535),
  HOST: z.string().default("127.0.0.1"),
  DATABASE_URL: z.url(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
});

const log = createLog("catalog");

await runProcess(log, async () => {
  await startTelemetry(process.env, "catalog", log);
  const environment = readEnvironment(Environment, process.env);
  log.level = environment.LOG_LEVEL;
  const catalog = await openCatalog(environment.DATABASE_URL, environment, log);
  const server = createServer(traced(withAccessLines(createCatalogApp(catalog.options), log)));
  const port = await listen(server, environment.PORT, environment.HOST);
  log.info({ port, host: environment.HOST, plant: environment.PLANT }, "the extracted catalog listens");
  return {
    stop: async () => {
      await close(server);
      await catalog.close();
    },
  };
});
