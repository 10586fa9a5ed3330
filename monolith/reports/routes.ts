import { BestSellersQuery, SalesQuery, StockReportQuery } from "@banyan/contracts/http/reports.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import { type RequestHandler, Router } from "express";
import type { Pool } from "pg";
import { bestSellersReport } from "./best-sellers.ts";
import { salesReport } from "./sales.ts";
import { stockReport } from "./stock-report.ts";

export interface ReportDeps {
  readonly pool: Pool;
  /** Lets only admins through. */
  readonly onlyAdmins: RequestHandler;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** One state of the tables for all figures of a report; the connection is the report's until it is done. */
const ONE_STATE = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/**
 * Sales by day, best sellers, stock, for admins: plain SQL over the tables that the shop sells from, each on one of the
 * pool's few connections for as long as it takes. Errors: BYN-SHOP-002, 005, 007.
 */
export function reportRoutes({ pool, onlyAdmins, now }: ReportDeps): Router {
  const router = Router();
  router.use("/api/admin/reports", onlyAdmins, (_request, response, next) => {
    response.set("cache-control", "no-store");
    next();
  });

  router.get("/api/admin/reports/sales", async (request, response) => {
    const query = checked(SalesQuery, request.query);
    response.json(await inTransaction(pool, (client) => salesReport(client, query), ONE_STATE));
  });

  router.get("/api/admin/reports/best-sellers", async (request, response) => {
    const query = checked(BestSellersQuery, request.query);
    response.json(await inTransaction(pool, (client) => bestSellersReport(client, query), ONE_STATE));
  });

  router.get("/api/admin/reports/stock", async (request, response) => {
    const query = checked(StockReportQuery, request.query);
    const at = new Date(now());
    response.json(await inTransaction(pool, (client) => stockReport(client, query, at), ONE_STATE));
  });
  return router;
}
