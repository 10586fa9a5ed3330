import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { CategoryList, type ProductSummary } from "@banyan/contracts/http/catalog.ts";
import { fullestFirst, learnProducts, readAs } from "./learn.ts";
import { stream } from "./random.ts";
import type { Ask, CorpusRequest } from "./request.ts";
import { zipf } from "./zipf.ts";

export const CATALOG_ROUTES = {
  categories: "GET /api/categories",
  category: "GET /api/categories/:slug",
  list: "GET /api/products?category",
  search: "GET /api/products?q",
  product: "GET /api/products/:id",
} as const;

/**
 * Shares of the traffic, as a shop's pages make it: most people look at products, some browse, fewer search. Who browses
 * asks for a list and, as often as not, for the category's own way and children with it.
 */
const SHARES = { categories: 0.05, category: 0.15, list: 0.25, search: 0.15, product: 0.4 } as const;

/** Popularity of products, words and pages; 1 is Zipf's own law. */
const EXPONENT = 1;
const LIST_PER_PAGE = 24;
const PAGES_BROWSED = 5;
/** Pages asked for while learning; enough for the ranks that are drawn, whatever the catalog's size. */
const MAX_PAGES_LEARNED = 60;

export interface CatalogCorpusOptions {
  readonly seed: number;
  /** How many requests are drawn; those drawn more than once become one with their weight. */
  readonly draws?: number;
}

/** What a side's own answers tell about its catalog; `products` are in order of popularity. */
export interface CatalogKnowledge {
  readonly categories: readonly { readonly slug: string; readonly products: number }[];
  readonly products: readonly Pick<ProductSummary, "id" | "name">[];
}

/** Learns ids, slugs and words from the side itself, then draws requests. Throws BYN-EVIDENCE-057 and what `ask` throws. */
export async function catalogCorpus(
  ask: Ask,
  options: CatalogCorpusOptions,
): Promise<readonly CorpusRequest[]> {
  return drawCatalogRequests(await learnCatalog(ask), options);
}

export async function learnCatalog(ask: Ask): Promise<CatalogKnowledge> {
  const categories = (await readAs(ask, "/api/categories", CategoryList)).items;
  const products = (await learnProducts(ask, MAX_PAGES_LEARNED)).map(({ id, name }) => ({ id, name }));
  if (categories.length === 0 || products.length === 0) {
    throw new BanyanError("BYN-EVIDENCE-057", "the side's catalog is empty");
  }
  return { categories, products };
}

/** Deterministic: the same knowledge and seed give the same requests in the same order. */
export function drawCatalogRequests(
  { categories, products }: CatalogKnowledge,
  { seed, draws = 3_000 }: CatalogCorpusOptions,
): readonly CorpusRequest[] {
  const random = stream(seed);
  const product = pick(products, zipf(products.length, EXPONENT, random));
  const words = wordsOf(products);
  const word = pick(words, zipf(words.length, EXPONENT, random));
  const browsed = fullestFirst(categories);
  const category = pick(browsed, zipf(browsed.length, EXPONENT, random));
  const browsedPage = zipf(PAGES_BROWSED, EXPONENT, random);

  const makers: Record<keyof typeof SHARES, () => string> = {
    categories: () => "/api/categories",
    category: () => `/api/categories/${category().slug}`,
    list: () => {
      const { slug, products: count } = category();
      const page = 1 + (browsedPage() % Math.max(1, Math.ceil(count / LIST_PER_PAGE)));
      return `/api/products?category=${slug}&page=${page}&perPage=${LIST_PER_PAGE}`;
    },
    search: () => {
      const q = random() < 0.7 ? word() : `${word()} ${word()}`;
      return `/api/products?q=${encodeURIComponent(q)}&page=${1 + (random() < 0.85 ? 0 : 1)}`;
    },
    product: () => `/api/products/${encodeURIComponent(product().id)}`,
  };
  const counts = new Map<string, { path: string; route: string; weight: number }>();
  for (const [kind, share] of Object.entries(SHARES) as [keyof typeof SHARES, number][]) {
    for (let n = 0; n < Math.round(draws * share); n++) {
      const path = makers[kind]();
      const known = counts.get(path);
      if (known) known.weight += 1;
      else counts.set(path, { path, route: CATALOG_ROUTES[kind], weight: 1 });
    }
  }
  return [...counts.values()];
}

/** Words of product names that people may search for, the most frequent first; ties by the word. */
export function wordsOf(products: readonly Pick<ProductSummary, "name">[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { name } of products) {
    for (const word of name.toLowerCase().match(/\p{L}{3,}/gu) ?? [])
      counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  if (counts.size === 0)
    throw new BanyanError("BYN-EVIDENCE-057", "no product name has a word to search for");
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([word]) => word);
}

function pick<T>(from: readonly T[], rank: () => number): () => T {
  return () => {
    const found = from[rank()];
    if (found === undefined) throw new RangeError("a rank outside of what it ranks");
    return found;
  };
}
