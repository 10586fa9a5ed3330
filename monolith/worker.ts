import { createServer } from "node:http";
import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { runProcess } from "@banyan/platform/lifecycle/process.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { startTelemetry } from "@banyan/platform/telemetry/telemetry.ts";
import { z } from "zod";
import { openWorker, WorkerSettings } from "./open-worker.ts";
import { createWorkerHealthApp } from "./worker-health.ts";

const Environment = WorkerSettings.extend({
  /** Health. */
  PORT: z.coerce.number().int().min(0).max(65_535),
  HOST: z.string().default("127.0.0.1"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
});

const log = createLog("monolith-worker");

await runProcess(log, async () => {
  await startTelemetry(process.env, "monolith-worker", log);
  const environment = readEnvironment(Environment, process.env);
  log.level = environment.LOG_LEVEL;
  const worker = await openWorker(environment, log);
  const server = createServer(createWorkerHealthApp(worker, log));
  const port = await listen(server, environment.PORT, environment.HOST);
  log.info({ port, host: environment.HOST }, "the monolith's worker follows");
  return {
    stop: async () => {
      await close(server);
      await worker.close();
    },
  };
});
