import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Product } from "@banyan/contracts/http/catalog.ts";
import { CategoryPageQuery, CategorySlug, ProductId, ProductQuery } from "@banyan/contracts/http/catalog.ts";
import { type RequestHandler, Router } from "express";
import type { Pool } from "pg";
import { checked } from "../adapters/checked.ts";
import { breadcrumbOf, categoryBySlug, childrenOf, listCategories } from "./categories.ts";
import { homePage } from "./home.ts";
import { categoryPage, productPage } from "./page.ts";
import { listProducts, productById } from "./products.ts";

const LIST_PER_PAGE = 24;

/** Kept by browsers, but asked for again by its ETag each time. */
const revalidated: RequestHandler = (_request, response, next) => {
  response.set("cache-control", "no-cache");
  next();
};

/** What anyone may read of the catalog. Errors: BYN-SHOP-002 (query), BYN-SHOP-003 (unknown product or category). */
export function catalogRoutes(pool: Pool): Router {
  const router = Router();
  router.get("/", revalidated, async (_request, response) => {
    response.send(await homePage(pool));
  });

  router.get("/api/categories", revalidated, async (_request, response) => {
    response.json({ items: await listCategories(pool) });
  });

  router.get("/api/products", revalidated, async (request, response) => {
    response.json(await listProducts(pool, checked(ProductQuery, request.query)));
  });

  router.get("/api/products/:id", revalidated, async (request, response) => {
    response.json(await known(pool, request.params.id));
  });

  router.get("/catalog/products/:id", revalidated, async (request, response) => {
    response.send(productPage(await known(pool, request.params.id)));
  });

  router.get("/catalog/categories/:slug", revalidated, async (request, response) => {
    const { page } = checked(CategoryPageQuery, request.query);
    const slug = CategorySlug.safeParse(request.params.slug);
    const category = slug.success ? await categoryBySlug(pool, slug.data) : undefined;
    if (category === undefined) throw new BanyanError("BYN-SHOP-003", "no such category");
    const products = await listProducts(pool, { category: category.slug, page, perPage: LIST_PER_PAGE });
    response.send(
      categoryPage({
        slug: category.slug,
        name: category.name,
        breadcrumb: await breadcrumbOf(pool, category),
        children: await childrenOf(pool, category.id),
        products,
      }),
    );
  });
  return router;
}

async function known(pool: Pool, given: unknown): Promise<Product> {
  const id = ProductId.safeParse(given);
  const product = id.success ? await productById(pool, id.data) : undefined;
  if (product === undefined) throw new BanyanError("BYN-SHOP-003", "no such product");
  return product;
}
