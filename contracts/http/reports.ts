import { z } from "zod";
import { Money, ProductQuery } from "./catalog.ts";

/*
 * The reports' HTTP contract, for admins only. Days are UTC days, both ends included. A cancelled order is counted as
 * such and in no other figure; one that is being cancelled is a cancelled one; one that is not paid, or that failed, is
 * counted nowhere. All money is in the shop's one currency. Answers are `cache-control: no-store`.
 */

/**
 * How many changes the copies of slots that another side owns are behind their owner, at the moment of the answer. 0 where
 * this side owns them all; null: not known. A slot that is neither owned nor followed here makes the report a 503,
 * BYN-SHOP-035.
 */
const lag = z.int().nonnegative().nullable();

/** About ten years: what the report of sales answers is as long as the range. */
const MAX_DAYS = 3_660;
const DAY_MS = 86_400_000;

/** A year 0000 has the form of one, and no calendar of ours. */
const Day = z.iso.date().refine((day) => day >= "0001-01-01", "is no day");

const range = { from: Day, to: Day };

/** `to` is not before `from`, and not much later. */
function isRange({ from, to }: { readonly from: string; readonly to: string }): boolean {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  return days >= 0 && days < MAX_DAYS;
}
const wrongRange = { path: ["to"], message: `must be from 0 to ${MAX_DAYS - 1} days after from` };

/** Query of `GET /api/admin/reports/sales`. */
export const SalesQuery = z.strictObject(range).refine(isRange, wrongRange);
export type SalesQuery = z.output<typeof SalesQuery>;

const sums = {
  /** That stand: placed and not cancelled. */
  orders: z.int().nonnegative(),
  cancelled: z.int().nonnegative(),
  /** Sold, of any product. */
  pieces: z.int().nonnegative(),
  revenue: Money,
};

/** Every day of the range, the first first; a day without an order has zeros. */
export const SalesReport = z.strictObject({
  from: z.iso.date(),
  to: z.iso.date(),
  days: z.array(z.strictObject({ day: z.iso.date(), ...sums })),
  total: z.strictObject(sums),
  lag,
});
export type SalesReport = z.output<typeof SalesReport>;

/** Query of `GET /api/admin/reports/best-sellers`. */
export const BestSellersQuery = z
  .strictObject({ ...range, limit: z.coerce.number().int().min(1).max(100).default(10) })
  .refine(isRange, wrongRange);
export type BestSellersQuery = z.output<typeof BestSellersQuery>;

/** The most pieces first, ties by SKU. `name` is the one it was last sold under. */
export const BestSellersReport = z.strictObject({
  from: z.iso.date(),
  to: z.iso.date(),
  items: z.array(
    z.strictObject({
      sku: z.string(),
      name: z.string(),
      orders: z.int().positive(),
      pieces: z.int().positive(),
      revenue: Money,
    }),
  ),
  lag,
});
export type BestSellersReport = z.output<typeof BestSellersReport>;

/** Query of `GET /api/admin/reports/stock`. */
export const StockReportQuery = z.strictObject({
  page: ProductQuery.shape.page,
  perPage: ProductQuery.shape.perPage,
});
export type StockReportQuery = z.output<typeof StockReportQuery>;

/** What runs out first stands first (then what nobody bought), ties by SKU. `lag` is of the orders and of the stock. */
export const StockReport = z.strictObject({
  asOf: z.iso.datetime(),
  summary: z.strictObject({
    skus: z.int().nonnegative(),
    soldOut: z.int().nonnegative(),
    pieces: z.int().nonnegative(),
    /** At today's prices. */
    value: Money,
  }),
  items: z.array(
    z.strictObject({
      sku: z.string(),
      name: z.string(),
      onHand: z.int().nonnegative(),
      soldIn30Days: z.int().nonnegative(),
      /** At the pace of the last 30 days, in whole days; null where nothing was sold. */
      daysLeft: z.int().nonnegative().nullable(),
      value: Money,
    }),
  ),
  page: z.int().positive(),
  perPage: z.int().positive(),
  total: z.int().nonnegative(),
  lag,
});
export type StockReport = z.output<typeof StockReport>;
