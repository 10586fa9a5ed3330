import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import { ORDERS } from "@banyan/contracts/events/orders.ts";
import { BestSellersQuery, SalesQuery, StockReportQuery } from "@banyan/contracts/http/reports.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import { type RequestHandler, Router } from "express";
import type { Pool, PoolClient } from "pg";
import { bestSellersReport } from "./best-sellers.ts";
import { type Copies, copiesOf, lagOf, type ReportPeers } from "./copies.ts";
import { salesReport } from "./sales.ts";
import { stockReport } from "./stock-report.ts";

export interface ReportDeps {
  readonly pool: Pool;
  /** Lets only admins through. */
  readonly onlyAdmins: RequestHandler;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Who owns what this side doesn't (`CHECKOUT=saga`); undefined where all is this side's. */
  readonly peers: ReportPeers | undefined;
}

/** One state of the tables for all figures of a report; the connection is the report's until it is done. */
const ONE_STATE = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/**
 * Sales by day, best sellers, stock, for admins: plain SQL over the tables that the shop sells from, each on one of the
 * pool's few connections for as long as it takes. Where another side owns orders or stock, the tables are copies, and the
 * answer says how far behind. Errors: BYN-SHOP-002, 005, 007, 035.
 */
export function reportRoutes({ pool, onlyAdmins, log, now, peers }: ReportDeps): Router {
  const router = Router();
  router.use("/api/admin/reports", onlyAdmins, (_request, response, next) => {
    response.set("cache-control", "no-store");
    next();
  });

  /** Counts in one state of the tables. Their owners are asked after it: nobody waits with a connection in hand. */
  const report = async <Counted extends object>(
    capabilities: readonly string[],
    count: (client: PoolClient) => Promise<Counted>,
  ): Promise<Counted & { readonly lag: number | null }> => {
    const { figures, copies } = await inTransaction(
      pool,
      async (client) => {
        const copies: Copies[] = [];
        if (peers !== undefined) {
          for (const capability of capabilities) copies.push(await copiesOf(client, capability));
        }
        return { figures: await count(client), copies };
      },
      ONE_STATE,
    );
    return { ...figures, lag: await lagOf(copies, { peers: peers ?? {}, log }) };
  };

  router.get("/api/admin/reports/sales", async (request, response) => {
    const query = checked(SalesQuery, request.query);
    response.json(await report([ORDERS], (client) => salesReport(client, query)));
  });

  router.get("/api/admin/reports/best-sellers", async (request, response) => {
    const query = checked(BestSellersQuery, request.query);
    response.json(await report([ORDERS], (client) => bestSellersReport(client, query)));
  });

  router.get("/api/admin/reports/stock", async (request, response) => {
    const query = checked(StockReportQuery, request.query);
    const at = new Date(now());
    response.json(await report([ORDERS, INVENTORY], (client) => stockReport(client, query, at)));
  });
  return router;
}
