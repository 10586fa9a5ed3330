import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import { slotHealth } from "@banyan/platform/handover/slot-health.ts";
import { refuseCrossSite } from "@banyan/platform/http/cross-site.ts";
import { databaseAway } from "@banyan/platform/http/database-away.ts";
import { misdirected } from "@banyan/platform/http/misdirected.ts";
import { nothingHere, problems } from "@banyan/platform/http/problems.ts";
import { requestId } from "@banyan/platform/http/request-id.ts";
import { tryAgain } from "@banyan/platform/http/try-again.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { internalInventoryRoutes } from "@banyan/shop/inventory/internal-routes.ts";
import type { StockStore } from "@banyan/shop/inventory/stock-store.ts";
import type { Sessions } from "@banyan/shop/sessions/published-sessions.ts";
import express, { type Express } from "express";
import type { Pool } from "pg";
import type { ProductNames } from "./catalog/product-names.ts";
import { createOnlyAdmins } from "./only-admins.ts";
import { inventoryRoutes } from "./stock/routes.ts";

export interface InventoryOptions {
  readonly pool: Pool;
  readonly log: Log;
  readonly store: StockStore;
  readonly names: ProductNames;
  readonly sessions: Sessions;
  /** Who has it may reserve. */
  readonly serviceToken: string;
  /** Who may say for whom a request is (platform/http/trusted-proxies.ts). */
  readonly trustedProxies: readonly string[];
}

/** The whole service: health, the contract's routes, the internal ones, problem documents for everything else. */
export function createInventoryApp(options: InventoryOptions): Express {
  const { pool, log } = options;
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", options.trustedProxies); // behind them `host` is the one that the browser asked
  app.use(requestId);
  app.use((_request, response, next) => {
    response.set("x-content-type-options", "nosniff");
    next();
  });
  app.use(slotHealth(pool, INVENTORY));
  app.use(internalInventoryRoutes(options)); // no browser has the service token
  app.use(refuseCrossSite);
  app.use(inventoryRoutes({ ...options, onlyAdmins: createOnlyAdmins(options.sessions) }));
  app.use(nothingHere);
  app.use(misdirected);
  app.use(databaseAway);
  app.use(tryAgain);
  app.use(problems(log));
  return app;
}
