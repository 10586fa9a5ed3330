import { createServer } from "node:http";
import { createCatalogRouter } from "@banyan/catalog/app.ts";
import { followingCopy } from "@banyan/catalog/health.ts";
import { CatalogSettings, openCatalog } from "@banyan/catalog/open-catalog.ts";
import { createMonolithApp } from "@banyan/monolith/app.ts";
import { MonolithSettings, openMonolith } from "@banyan/monolith/open-monolith.ts";
import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { withAccessLines } from "@banyan/platform/http/access-line.ts";
import { problems } from "@banyan/platform/http/problems.ts";
import { requestId } from "@banyan/platform/http/request-id.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { runProcess } from "@banyan/platform/lifecycle/process.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { traced } from "@banyan/platform/telemetry/server.ts";
import { startTelemetry } from "@banyan/platform/telemetry/telemetry.ts";
import express from "express";
import { z } from "zod";

/*
 * The generic service: the extracted catalog as a module of the monolith's process, in front of the monolith's own
 * catalog routes. It keeps its own database and its own code; what it shares is the process: its memory, its event
 * loop and its end. The scripts measure it against the catalog in a process of its own.
 */

const Environment = CatalogSettings.extend(MonolithSettings.shape).extend({
  PORT: z.coerce.number().int().min(0).max(65_535),
  HOST: z.string().default("127.0.0.1"),
  CATALOG_DATABASE_URL: z.url(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
});

const log = createLog("monolith-with-catalog");

await runProcess(log, async () => {
  await startTelemetry(process.env, "monolith-with-catalog", log);
  const environment = readEnvironment(Environment, process.env);
  log.level = environment.LOG_LEVEL;
  const monolith = await openMonolith(environment, log);
  const catalog = await openCatalog(environment.CATALOG_DATABASE_URL, environment, log);

  const app = express();
  app.disable("x-powered-by");
  app.use(requestId);
  // Ready when both are: the monolith's own /readyz comes after this one.
  app.get("/readyz", async (_request, _response, next) => {
    await followingCopy(catalog.options.pool);
    next();
  });
  app.use(problems(log));
  app.use(createCatalogRouter(catalog.options));
  app.use(createMonolithApp(monolith.deps));

  const server = createServer(traced(withAccessLines(app, log)));
  const port = await listen(server, environment.PORT, environment.HOST);
  monolith.listensAt(environment.HOST, port);
  process.on("SIGHUP", () => void monolith.reload());
  log.info(
    { port, host: environment.HOST, plant: environment.PLANT },
    "the monolith listens, catalog inside",
  );
  return {
    stop: async () => {
      await close(server);
      await catalog.close();
      await monolith.close();
    },
  };
});
