import {
  BestSellersQuery,
  BestSellersReport,
  SalesQuery,
  SalesReport,
  StockReport,
  StockReportQuery,
} from "@banyan/contracts/http/reports.ts";
import type { OperationGroup } from "../operation.ts";

export const REPORT_OPERATIONS: OperationGroup = {
  name: "Reports",
  description:
    "Days are UTC days, both ends included. Cancelled orders count as such and in no other figure. `lag` is how many changes the figures are behind, where another service has taken orders over.",
  operations: [
    {
      method: "get",
      path: "/api/admin/reports/sales",
      id: "reportSales",
      summary: "Sales by day",
      who: "admin",
      query: SalesQuery,
      answer: { status: 200, description: "Every day of the range.", body: SalesReport },
      problems: ["BYN-SHOP-035"],
    },
    {
      method: "get",
      path: "/api/admin/reports/best-sellers",
      id: "reportBestSellers",
      summary: "What sold best",
      who: "admin",
      query: BestSellersQuery,
      answer: { status: 200, description: "The most pieces first.", body: BestSellersReport },
      problems: ["BYN-SHOP-035"],
    },
    {
      method: "get",
      path: "/api/admin/reports/stock",
      id: "reportStock",
      summary: "What is on hand, and for how long",
      who: "admin",
      query: StockReportQuery,
      answer: { status: 200, description: "What runs out first stands first.", body: StockReport },
      problems: ["BYN-SHOP-035"],
    },
  ],
};
