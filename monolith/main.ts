import { createServer } from "node:http";
import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { withAccessLines } from "@banyan/platform/http/access-line.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { runProcess } from "@banyan/platform/lifecycle/process.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { traced } from "@banyan/platform/telemetry/server.ts";
import { startTelemetry } from "@banyan/platform/telemetry/telemetry.ts";
import { z } from "zod";
import { createMonolithApp } from "./app.ts";
import { MonolithSettings, openMonolith } from "./open-monolith.ts";

const Environment = MonolithSettings.extend({
  PORT: z.coerce.number().int().min(0).max(65_535),
  HOST: z.string().default("127.0.0.1"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
});

const log = createLog("monolith");

await runProcess(log, async () => {
  await startTelemetry(process.env, "monolith", log);
  const environment = readEnvironment(Environment, process.env);
  log.level = environment.LOG_LEVEL;
  const monolith = await openMonolith(environment, log);
  const server = createServer(traced(withAccessLines(createMonolithApp(monolith.deps), log)));
  const port = await listen(server, environment.PORT, environment.HOST);
  monolith.listensAt(environment.HOST, port);
  process.on("SIGHUP", () => void monolith.reload());
  log.info({ port, host: environment.HOST }, "the monolith listens");
  return {
    stop: async () => {
      await close(server);
      await monolith.close();
    },
  };
});
