import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import type { EventLog } from "@banyan/platform/handover/event-log/event-log.ts";
import { type WorkerCounts, workerMetrics } from "@banyan/platform/handover/worker-counts.ts";
import { nothingHere, problems } from "@banyan/platform/http/problems.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import type { Expiring } from "@banyan/shop/inventory/expiring.ts";
import express, { type Express } from "express";
import type { Pool } from "pg";
import { slotCounts } from "../health.ts";

export interface WorkerAppOptions {
  readonly pool: Pool;
  readonly counts: WorkerCounts;
  readonly events: EventLog;
  readonly expiring: Expiring;
  readonly log: Log;
}

/** Looks that may fail in a row before the worker calls itself not ready. */
const FAILING_BOUND = 2;

/**
 * The worker's port: `/livez`; `/readyz`, 503 while its own database is away (BYN-SHOP-004) or the log can't be read, which
 * may be the peer's database (BYN-DATA-009); `/metrics`, what the worker did. It changes nothing.
 */
export function createWorkerApp({ pool, counts, events, expiring, log }: WorkerAppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.get("/livez", (_request, response) => {
    response.json({ status: "live" });
  });
  app.get("/readyz", async (_request, response) => {
    const slots = await slotCounts(pool);
    const { ok, detail } = await events.health();
    if (!ok) throw new BanyanError("BYN-DATA-009", detail);
    if (expiring.failing() >= FAILING_BOUND) {
      throw new BanyanError("BYN-DATA-009", "expired reservations can't be given back");
    }
    response.json({ status: "ready", slots, log: detail });
  });
  app.get("/metrics", (_request, response) => {
    response
      .type("text/plain; version=0.0.4; charset=utf-8")
      .send(workerMetrics(new Map([[INVENTORY, counts]])));
  });
  app.use(nothingHere);
  app.use(problems(log));
  return app;
}
