import { BestSellersReport, SalesReport, StockReport } from "@banyan/contracts/http/reports.ts";
import { Router } from "express";
import { queried, queryOf } from "../visit/asked.ts";
import { pages, type StorefrontDeps } from "../visit/page.ts";
import { Refused } from "../visit/refused.ts";
import { salesPage } from "./sales-page.ts";
import { stockPage } from "./stock-page.ts";

/** A report reads every order of its time, and waits for a connection first. */
const REPORT_DEADLINE_MS = 30_000;
const REPORT = { deadlineMs: REPORT_DEADLINE_MS };
/** The first is shown unless another is asked for; ten years are the most that a report takes. */
const SHORTCUTS = [
  { text: "30 days", days: 30 },
  { text: "12 months", days: 365 },
  { text: "10 years", days: 3_652 },
];
const DAY_MS = 86_400_000;

/** Reports, for admins. Who is none is told so by the API. */
export function adminRoutes(deps: StorefrontDeps & { readonly now: () => number }): Router {
  const router = Router();
  const page = pages(deps);
  const shortcuts = () =>
    SHORTCUTS.map(({ text, days }) => {
      const dayOf = (ago: number) => new Date(deps.now() - ago * DAY_MS).toISOString().slice(0, 10);
      return { text, from: dayOf(days - 1), to: dayOf(0) };
    });

  router.get(
    "/admin",
    page(async ({ api, request }) => {
      const short = shortcuts();
      const range = {
        from: queried(request, "from") || (short[0]?.from ?? ""),
        to: queried(request, "to") || (short[0]?.to ?? ""),
      };
      const title = "Sales";
      try {
        const [sales, best] = await Promise.all([
          api.get(`/api/admin/reports/sales${queryOf(range)}`, SalesReport, REPORT),
          api.get(`/api/admin/reports/best-sellers${queryOf(range)}`, BestSellersReport, REPORT),
        ]);
        return { title, main: salesPage(range, short, { sales, best }) };
      } catch (wrong) {
        if (!(wrong instanceof Refused) || wrong.code !== "BYN-SHOP-002") throw wrong;
        return { title, main: salesPage(range, short, undefined, wrong), status: wrong.entry.status };
      }
    }),
  );

  router.get(
    "/admin/stock",
    page(async ({ api, request }) => {
      const query = queryOf({ page: queried(request, "page") });
      const report = await api.get(`/api/admin/reports/stock${query}`, StockReport, REPORT);
      return { title: "Stock", main: stockPage(report) };
    }),
  );
  return router;
}
