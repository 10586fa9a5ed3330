import { ORDERS } from "@banyan/contracts/events/orders.ts";
import { slotHealth } from "@banyan/platform/handover/slot-health.ts";
import { refuseCrossSite } from "@banyan/platform/http/cross-site.ts";
import { databaseAway } from "@banyan/platform/http/database-away.ts";
import { misdirected } from "@banyan/platform/http/misdirected.ts";
import { nothingHere, problems } from "@banyan/platform/http/problems.ts";
import { requestId } from "@banyan/platform/http/request-id.ts";
import { tryAgain } from "@banyan/platform/http/try-again.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import express, { type Express } from "express";
import { type OrderRoutesOptions, orderRoutes } from "./orders/routes.ts";

export interface OrdersOptions extends OrderRoutesOptions {
  readonly log: Log;
  /** Who may say for whom a request is (platform/http/trusted-proxies.ts). */
  readonly trustedProxies: readonly string[];
}

/** The whole service: health, the contract's routes, problem documents (RFC 9457) for everything else. */
export function createOrdersApp(options: OrdersOptions): Express {
  const { pool, log, trustedProxies } = options;
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", trustedProxies); // behind them `host` is the one that the browser asked
  app.use(requestId);
  app.use((_request, response, next) => {
    response.set("x-content-type-options", "nosniff");
    next();
  });
  app.use(slotHealth(pool, ORDERS));
  app.use(refuseCrossSite);
  app.use(orderRoutes(options));
  app.use(nothingHere);
  app.use(misdirected);
  app.use(tryAgain);
  app.use(databaseAway);
  app.use(problems(log));
  return app;
}
