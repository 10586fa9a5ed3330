import { problem } from "@banyan/contracts/errors/problem.ts";
import { workerMetrics } from "@banyan/platform/handover/worker-counts.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import express, { type Express } from "express";
import type { OpenWorker } from "./open-worker.ts";

/**
 * The worker's own port: `/livez`; `/readyz`, 503 while its database or a log that it stands on is away; `/metrics`, what it
 * did. Loopback only; it changes nothing.
 */
export function createWorkerHealthApp(
  { pool, logs, counts }: Pick<OpenWorker, "pool" | "logs" | "counts">,
  log: Log,
): Express {
  const app = express();
  app.disable("x-powered-by");
  app.get("/livez", (_request, response) => {
    response.json({ status: "alive" });
  });
  app.get("/readyz", async (_request, response) => {
    const away = await whatIsAway({ pool, logs }, log);
    if (away === undefined) response.json({ status: "ready" });
    else response.status(503).json(problem("BYN-DATA-009", away));
  });
  app.get("/metrics", (_request, response) => {
    response.type("text/plain; version=0.0.4; charset=utf-8").send(workerMetrics(counts));
  });
  return app;
}

async function whatIsAway(
  { pool, logs }: Pick<OpenWorker, "pool" | "logs">,
  log: Log,
): Promise<string | undefined> {
  try {
    await pool.query("SELECT 1");
  } catch (error) {
    log.debug({ err: error }, "not ready");
    return "the worker waits for its own database";
  }
  const health = await Promise.all(logs.map((each) => each.health()));
  return health.find(({ ok }) => !ok)?.detail;
}
