import { z } from "zod";
import { ProductId, ProductQuery } from "./catalog.ts";

/* The inventory's HTTP contract. A SKU is the product's id. Answers are `cache-control: no-store`: stock moves. */

/** What anyone may know. */
export const Availability = z.strictObject({ sku: z.string(), available: z.int().nonnegative() });

/** Query of `GET /api/inventory`: `?sku=a&sku=b`, at most 48. */
export const AvailabilityQuery = z.strictObject({
  sku: z.preprocess(
    (given) => (Array.isArray(given) || given === undefined ? given : [given]),
    z.array(ProductId).min(1).max(48),
  ),
});

/** In the order asked for, each once; SKUs that the inventory does not know are left out. */
export const AvailabilityList = z.strictObject({ items: z.array(Availability) });

/** Query of `GET /api/admin/inventory`: with `below`, only what there is less of. */
export const StockQuery = z.strictObject({
  below: z.coerce.number().int().min(0).max(1_000_000).optional(),
  page: ProductQuery.shape.page,
  perPage: ProductQuery.shape.perPage,
});
export type StockQuery = z.output<typeof StockQuery>;

export const StockRow = z.strictObject({
  sku: z.string(),
  name: z.string(),
  onHand: z.int().nonnegative(),
  updatedAt: z.iso.datetime(),
});

/** The least first, ties by SKU. */
export const StockPage = z.strictObject({
  items: z.array(StockRow),
  page: z.int().positive(),
  perPage: z.int().positive(),
  total: z.int().nonnegative(),
});

/** Body of `PUT /api/admin/inventory/:sku`. */
export const StockChange = z.strictObject({ onHand: z.int().min(0).max(1_000_000) });

export type Availability = z.output<typeof Availability>;
export type StockRow = z.output<typeof StockRow>;
export type StockPage = z.output<typeof StockPage>;
