import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { CategoryList, ProductPage } from "@banyan/contracts/http/catalog.ts";
import { AvailabilityList } from "@banyan/contracts/http/inventory.ts";
import type { z } from "zod";
import { wordsOf } from "../corpus/catalog.ts";
import { text } from "../corpus/record.ts";
import type { Ask } from "../corpus/request.ts";
import type { World } from "../journey/plan.ts";

const PER_PAGE = 48;
/** 480 products: what most people look at, and enough for the ranks that are drawn. */
const PAGES = 10;
const LIST_PER_PAGE = 24;
/** Fewer pieces than this could be sold out before a run is over. */
const LEAST_IN_STOCK = 10;

/** Learns what journeys need from the shop's own answers. Throws BYN-EVIDENCE-057, and what `ask` throws. */
export async function learnWorld(ask: Ask): Promise<World> {
  const categories = (await read(ask, "/api/categories", CategoryList)).items;
  const products: z.output<typeof ProductPage>["items"] = [];
  for (let page = 1; page <= PAGES; page++) {
    const { items, total } = await read(ask, `/api/products?page=${page}&perPage=${PER_PAGE}`, ProductPage);
    products.push(...items);
    if (items.length === 0 || page * PER_PAGE >= total) break;
  }
  const forSale = products.filter(({ available }) => available).map(({ id }) => id);
  const inStock = new Set<string>();
  for (let from = 0; from < forSale.length; from += PER_PAGE) {
    const skus = forSale.slice(from, from + PER_PAGE).map((id) => `sku=${id}`);
    const { items } = await read(ask, `/api/inventory?${skus.join("&")}`, AvailabilityList);
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
    categories: browsed
      .sort((a, b) => b.products - a.products || (a.slug < b.slug ? -1 : 1))
      .map(({ slug, products: count }) => ({ slug, pages: Math.ceil(count / LIST_PER_PAGE) })),
    words: wordsOf(products),
  };
}

async function read<S extends z.ZodType>(ask: Ask, path: string, schema: S): Promise<z.output<S>> {
  const answer = await ask(path);
  if (answer.status !== 200) {
    throw new BanyanError("BYN-EVIDENCE-057", `GET ${path} answered ${answer.status}`);
  }
  try {
    return schema.parse(JSON.parse(text(answer.body)));
  } catch (cause) {
    throw new BanyanError("BYN-EVIDENCE-057", `GET ${path} did not answer as the shop's contract says`, {
      cause,
    });
  }
}
