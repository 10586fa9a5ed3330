import { CategoryDetail, CategoryList, Product, ProductPage } from "@banyan/contracts/http/catalog.ts";
import { Availability } from "@banyan/contracts/http/inventory.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { Router } from "express";
import { type Api, segment } from "../visit/api.ts";
import { queried, queryOf } from "../visit/asked.ts";
import { pages, type StorefrontDeps } from "../visit/page.ts";
import { categoryPage } from "./category-page.ts";
import { homePage } from "./home-page.ts";
import { productPage, type Stock } from "./product-page.ts";
import { searchPage, searchTitle } from "./search-page.ts";

const POPULAR = 10;

/** Home, search, categories and products. */
export function browseRoutes(deps: StorefrontDeps): Router {
  const router = Router();
  const page = pages(deps);

  router.get(
    "/",
    page(async ({ api }) => {
      const [categories, popular] = await Promise.all([
        api.get("/api/categories", CategoryList),
        api.get(`/api/products?perPage=${POPULAR}`, ProductPage),
      ]);
      return { title: "Good things for home and garden", main: homePage(categories.items, popular.items) };
    }),
  );

  router.get(
    "/search",
    page(async ({ api, request }) => {
      const search = { q: queried(request, "q"), category: queried(request, "category") };
      const query = queryOf({ ...search, page: queried(request, "page") });
      const [products, categories] = await Promise.all([
        api.get(`/api/products${query}`, ProductPage),
        api.get("/api/categories", CategoryList),
      ]);
      const main = searchPage(search, products, categories.items);
      return { title: searchTitle(search), main, q: search.q };
    }),
  );

  router.get(
    "/catalog/categories/:slug",
    page(async ({ api, request }) => {
      const slug = String(request.params.slug);
      const query = queryOf({ category: slug, page: queried(request, "page") });
      const [category, products] = await Promise.all([
        api.get(`/api/categories/${segment(slug)}`, CategoryDetail),
        api.get(`/api/products${query}`, ProductPage),
      ]);
      return { title: category.name, main: categoryPage(category, products) };
    }),
  );

  router.get(
    "/catalog/products/:id",
    page(async ({ api, request }) => {
      const id = segment(String(request.params.id));
      const [product, stock] = await Promise.all([
        api.get(`/api/products/${id}`, Product),
        stockOf(api, id, deps.log),
      ]);
      return { title: product.name, main: productPage(product, stock) };
    }),
  );
  return router;
}

/** A page without its stock is still worth showing; checkout counts again anyway. */
async function stockOf(api: Api, sku: string, log: Log): Promise<Stock> {
  try {
    return (await api.get(`/api/inventory/${sku}`, Availability)).available;
  } catch (error) {
    log.warn({ err: error }, "a product's page does not know its stock");
    return "unknown";
  }
}
