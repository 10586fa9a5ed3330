import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Product } from "@banyan/contracts/http/catalog.ts";
import { CategorySlug, ProductId, ProductQuery } from "@banyan/contracts/http/catalog.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import { type RequestHandler, Router } from "express";
import type { Pool } from "pg";
import { categoryDetail, listCategories } from "./categories.ts";
import { listProducts, productById } from "./products.ts";

/** Kept by browsers, but asked for again by its ETag each time. */
const revalidated: RequestHandler = (_request, response, next) => {
  response.set("cache-control", "no-cache");
  next();
};

/** What anyone may read of the catalog. Errors: BYN-SHOP-002 (query), BYN-SHOP-003 (unknown product or category). */
export function catalogRoutes(pool: Pool): Router {
  const router = Router();
  router.get("/api/categories", revalidated, async (_request, response) => {
    response.json({ items: await listCategories(pool) });
  });

  router.get("/api/categories/:slug", revalidated, async (request, response) => {
    const slug = CategorySlug.safeParse(request.params.slug);
    const category = slug.success ? await categoryDetail(pool, slug.data) : undefined;
    if (category === undefined) throw new BanyanError("BYN-SHOP-003", "no such category");
    response.json(category);
  });

  router.get("/api/products", revalidated, async (request, response) => {
    response.json(await listProducts(pool, checked(ProductQuery, request.query)));
  });

  router.get("/api/products/:id", revalidated, async (request, response) => {
    response.json(await known(pool, request.params.id));
  });

  return router;
}

async function known(pool: Pool, given: unknown): Promise<Product> {
  const id = ProductId.safeParse(given);
  const product = id.success ? await productById(pool, id.data) : undefined;
  if (product === undefined) throw new BanyanError("BYN-SHOP-003", "no such product");
  return product;
}
