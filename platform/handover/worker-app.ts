import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import express, { type Express } from "express";
import type { Pool } from "pg";
import { nothingHere, problems } from "../http/problems.ts";
import type { Log } from "../logging/log.ts";
import type { Following } from "./follow-peer.ts";
import { slotCounts } from "./slot-health.ts";
import { workerMetrics } from "./worker-counts.ts";

export interface WorkerAppOptions extends Pick<Following, "counts" | "events"> {
  readonly capability: string;
  readonly pool: Pool;
  /** What the worker looks for beside its relay and inbox. */
  readonly beside: { readonly trouble: string; failing(): number };
  readonly log: Log;
}

/** Looks that may fail in a row before the worker calls itself not ready. */
const FAILING_BOUND = 2;

/**
 * The port of a side's worker: `/livez`; `/readyz`, 503 while its own database is away (BYN-SHOP-004), or the log, which may
 * be the peer's database, or what it does beside can't be read (BYN-DATA-009); `/metrics`, what the worker did. It changes
 * nothing.
 */
export function createWorkerApp({
  capability,
  pool,
  counts,
  events,
  beside,
  log,
}: WorkerAppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.get("/livez", (_request, response) => {
    response.json({ status: "live" });
  });
  app.get("/readyz", async (_request, response) => {
    const slots = await slotCounts(pool, capability);
    const { ok, detail } = await events.health();
    if (!ok) throw new BanyanError("BYN-DATA-009", detail);
    if (beside.failing() >= FAILING_BOUND) throw new BanyanError("BYN-DATA-009", beside.trouble);
    response.json({ status: "ready", slots, log: detail });
  });
  app.get("/metrics", (_request, response) => {
    response
      .type("text/plain; version=0.0.4; charset=utf-8")
      .send(workerMetrics(new Map([[capability, counts]])));
  });
  app.use(nothingHere);
  app.use(problems(log));
  return app;
}
