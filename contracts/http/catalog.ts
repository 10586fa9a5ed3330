import { z } from "zod";

/*
 * The catalog's HTTP contract: both sides answer exactly this (tests/parity holds them to it). Keys stand in the
 * order in which they are sent. Money is an integer of minor units with its ISO 4217 currency.
 *
 * Answers are `application/json; charset=utf-8`, with `cache-control: no-cache` and Express's own weak ETag, which is
 * made of the body alone, so that it is the same on both sides; 304 follows from it.
 * Keys of `attributes` stand as jsonb orders them (by length, then bytes).
 */

/** Text that Postgres can keep in `text` and in `jsonb`: neither NUL nor half a surrogate pair. */
const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((value) => value.isWellFormed() && !value.includes("\0"), "has a character that can't be stored");

/** UUIDs as Postgres prints them. Whatever else stands in a path names no product: BYN-SHOP-003. */
export const ProductId = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

export const CategorySlug = z.string().regex(/^[a-z0-9-]{1,60}$/);

/** A step of the way through the categories. */
export const CategoryStep = z.strictObject({ slug: z.string(), name: z.string() });

/** A category as lists show it. `parent` is the slug of the one above; `products` counts those below it too. */
export const Category = z.strictObject({
  slug: z.string(),
  name: z.string(),
  parent: z.string().nullable(),
  products: z.int().nonnegative(),
});

/** A category by itself: its way from the top (itself last) and its children by slug in byte order. */
export const CategoryDetail = z.strictObject({
  slug: z.string(),
  name: z.string(),
  breadcrumb: z.array(CategoryStep),
  children: z.array(CategoryStep),
});

export const Money = z.strictObject({ amount: z.int().nonnegative(), currency: z.string().length(3) });

/** A product as lists show it. */
export const ProductSummary = z.strictObject({
  id: z.string(),
  name: z.string(),
  category: z.string(),
  price: Money,
  available: z.boolean(),
});

/** A product as its own page shows it. `related` is at most four others of the category, most popular first. */
export const Product = ProductSummary.extend({
  description: z.string(),
  attributes: z.record(z.string(), z.string()),
  breadcrumb: z.array(CategoryStep),
  related: z.array(ProductSummary),
  version: z.int().positive(),
  updatedAt: z.iso.datetime(),
});

/** A page of products. With `q` they are ordered by rank, else by popularity; ties by id. */
export const ProductPage = z.strictObject({
  items: z.array(ProductSummary),
  page: z.int().positive(),
  perPage: z.int().positive(),
  total: z.int().nonnegative(),
});

/** All categories, by slug in byte order. */
export const CategoryList = z.strictObject({ items: z.array(Category) });

export type Money = z.output<typeof Money>;
export type CategoryStep = z.output<typeof CategoryStep>;
export type Category = z.output<typeof Category>;
export type CategoryDetail = z.output<typeof CategoryDetail>;
export type ProductSummary = z.output<typeof ProductSummary>;
export type Product = z.output<typeof Product>;
export type ProductPage = z.output<typeof ProductPage>;

/** Query of `GET /api/products`. */
export const ProductQuery = z.strictObject({
  q: text(80).optional(),
  category: CategorySlug.optional(),
  page: z.coerce.number().int().min(1).max(500).default(1),
  perPage: z.coerce.number().int().min(1).max(48).default(24),
});
export type ProductQuery = z.output<typeof ProductQuery>;

/** Body of the admin edit `PATCH /api/admin/products/:id`: at least one field. */
export const ProductEdit = z
  .strictObject({
    name: text(120).optional(),
    description: text(4_000).optional(),
    priceAmount: z.int().min(0).max(100_000_000).optional(),
    available: z.boolean().optional(),
    attributes: z.record(text(40), text(200)).optional(),
  })
  .refine((edit) => Object.keys(edit).length > 0, "name at least one field");
export type ProductEdit = z.output<typeof ProductEdit>;
