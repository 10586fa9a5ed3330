import { problem } from "@banyan/contracts/errors/problem.ts";
import type { Follower } from "@banyan/platform/log/follower.ts";
import express, { type Express } from "express";

/** Rounds that may fail in a row before the worker calls itself not ready. */
const FAILING_BOUND = 2;

/**
 * The worker's second port: `/livez`; `/readyz`, 503 while a database is away; `/sync`, the numbers and the slots that
 * lag, stand still or are quarantined. Loopback only; it changes nothing.
 */
export function createHealthApp(follower: Follower): Express {
  const app = express();
  app.disable("x-powered-by");
  app.get("/livez", (_request, response) => {
    response.json({ status: "ok" });
  });
  app.get("/readyz", (_request, response) => {
    const { failing, lag } = follower.numbers();
    if (lag !== undefined && failing < FAILING_BOUND) response.json({ status: "ok" });
    else {
      response
        .status(503)
        .json(problem("BYN-DATA-009", "the worker waits for the monolith's or its own database"));
    }
  });
  app.get("/sync", (_request, response) => {
    const { lag, ...counted } = follower.numbers();
    response.json({
      ...counted,
      ready: lag !== undefined,
      lagMax: lag?.lagMax,
      lagTotal: lag?.lagTotal,
      states: lag?.states,
      stopped: lag?.stopped,
      slots: lag?.slots.filter((row) => row.lag !== 0 || row.trouble !== undefined),
    });
  });
  return app;
}
