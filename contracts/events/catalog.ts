import { z } from "zod";

/** A product as the log carries it: whole, so that applying it needs nothing else. */
export const ProductRecord = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  category: z.string(),
  priceAmount: z.int().nonnegative(),
  currency: z.string().length(3),
  available: z.boolean(),
  popularity: z.int().nonnegative(),
  attributes: z.record(z.string(), z.string()),
  version: z.int().positive(),
  /** ISO 8601, UTC, milliseconds. */
  updatedAt: z.iso.datetime(),
});
export type ProductRecord = z.output<typeof ProductRecord>;

/** All that one transaction changed in one slot (design §5.2: exactly one outbox row per transaction and slot). */
export const CatalogEvent = z.strictObject({
  capability: z.literal("catalog"),
  slot: z.int().min(1).max(100),
  /** Gapless per slot. */
  seq: z.int().positive(),
  changes: z.array(
    z.discriminatedUnion("type", [
      z.strictObject({ type: z.literal("product-saved"), product: ProductRecord }),
      z.strictObject({ type: z.literal("product-removed"), id: z.string(), version: z.int().positive() }),
    ]),
  ),
});
export type CatalogEvent = z.output<typeof CatalogEvent>;

/** The shop has no way to edit a category, so the list travels with the back-fill and never through the log. */
export const CategoryRecord = z.strictObject({
  slug: z.string(),
  name: z.string(),
  parent: z.string().nullable(),
});
export type CategoryRecord = z.output<typeof CategoryRecord>;
