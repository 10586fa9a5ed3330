import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { ORDERS } from "@banyan/contracts/events/orders.ts";
import type { EventLog } from "@banyan/platform/handover/event-log/event-log.ts";
import { type WorkerCounts, workerMetrics } from "@banyan/platform/handover/worker-counts.ts";
import { nothingHere, problems } from "@banyan/platform/http/problems.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import express, { type Express } from "express";
import type { Pool } from "pg";
import { slotCounts } from "../health.ts";
import type { Resuming } from "../resume/resuming.ts";

export interface WorkerAppOptions {
  readonly pool: Pool;
  readonly counts: WorkerCounts;
  readonly events: EventLog;
  readonly resuming: Resuming;
  readonly log: Log;
}

/** Looks that may fail in a row before the worker calls itself not ready. */
const FAILING_BOUND = 2;

/**
 * The worker's port: `/livez`; `/readyz`, 503 while its own database is away (BYN-SHOP-004) or the log can't be read, which
 * may be the peer's database (BYN-DATA-009); `/metrics`, what the worker did. It changes nothing.
 */
export function createWorkerApp({ pool, counts, events, resuming, log }: WorkerAppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.get("/livez", (_request, response) => {
    response.json({ status: "live" });
  });
  app.get("/readyz", async (_request, response) => {
    const slots = await slotCounts(pool);
    const { ok, detail } = await events.health();
    if (!ok) throw new BanyanError("BYN-DATA-009", detail);
    if (resuming.failing() >= FAILING_BOUND) {
      throw new BanyanError("BYN-DATA-009", "unfinished orders can't be looked for");
    }
    response.json({ status: "ready", slots, log: detail });
  });
  app.get("/metrics", (_request, response) => {
    response
      .type("text/plain; version=0.0.4; charset=utf-8")
      .send(workerMetrics(new Map([[ORDERS, counts]])));
  });
  app.use(nothingHere);
  app.use(problems(log));
  return app;
}
