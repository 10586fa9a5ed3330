import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { CategoryList } from "@banyan/contracts/http/catalog.ts";
import { AvailabilityList } from "@banyan/contracts/http/inventory.ts";
import { wordsOf } from "../corpus/catalog.ts";
import { fullestFirst, learnProducts, readAs } from "../corpus/learn.ts";
import type { Ask } from "../corpus/request.ts";
import type { World } from "../journey/plan.ts";

/** As many as one request may name (contracts/http/inventory.ts). */
const SKUS_AT_ONCE = 48;
/** 480 products: what most people look at, and enough for the ranks that are drawn. */
const PAGES = 10;
const LIST_PER_PAGE = 24;
/** Fewer pieces than this could be sold out before a run is over. */
const LEAST_IN_STOCK = 10;

/** Learns what journeys need from the shop's own answers. Throws BYN-EVIDENCE-057, and what `ask` throws. */
export async function learnWorld(ask: Ask): Promise<World> {
  const categories = (await readAs(ask, "/api/categories", CategoryList)).items;
  const products = await learnProducts(ask, PAGES);
  const forSale = products.filter(({ available }) => available).map(({ id }) => id);
  const inStock = new Set<string>();
  for (let from = 0; from < forSale.length; from += SKUS_AT_ONCE) {
    const skus = forSale.slice(from, from + SKUS_AT_ONCE).map((id) => `sku=${id}`);
    const { items } = await readAs(ask, `/api/inventory?${skus.join("&")}`, AvailabilityList);
    for (const { sku, available } of items) if (available >= LEAST_IN_STOCK) inStock.add(sku);
  }
  const wares = forSale.filter((id) => inStock.has(id));
  const browsed = categories.filter((category) => category.products > 0);
  if (wares.length === 0 || browsed.length === 0) {
    throw new BanyanError("BYN-EVIDENCE-057", "the shop has nothing for sale that is in stock");
  }
  return {
    products: products.map(({ id }) => id),
    wares,
    categories: fullestFirst(browsed).map(({ slug, products: count }) => ({
      slug,
      pages: Math.ceil(count / LIST_PER_PAGE),
    })),
    words: wordsOf(products),
  };
}
