import { expect, test } from "vitest";
import {
  CATALOG_ROUTES,
  type CatalogKnowledge,
  catalogCorpus,
  drawCatalogRequests,
  wordsOf,
} from "./catalog.ts";
import type { Ask } from "./request.ts";

const KNOWLEDGE: CatalogKnowledge = {
  categories: Array.from({ length: 12 }, (_, i) => ({ slug: `category-${i}`, products: 100 + i })),
  products: Array.from({ length: 2_000 }, (_, i) => ({
    id: `p${i}`,
    name: `Sturdy ${noun(i)} of wood ${i}`,
  })),
};

function noun(i: number): string {
  return ["chair", "table", "lamp", "shelf", "stool"][i % 5] ?? "";
}

test("the same knowledge and seed give the same corpus, another seed gives another", () => {
  const corpus = drawCatalogRequests(KNOWLEDGE, { seed: 11 });
  expect(drawCatalogRequests(KNOWLEDGE, { seed: 11 })).toEqual(corpus);
  expect(drawCatalogRequests(KNOWLEDGE, { seed: 12 })).not.toEqual(corpus);
});

test("every route has its share of the traffic, whatever the seed", () => {
  for (const seed of [1, 2, 3]) {
    const weights: Record<string, number> = {};
    for (const { route, weight } of drawCatalogRequests(KNOWLEDGE, { seed, draws: 1_000 })) {
      weights[route] = (weights[route] ?? 0) + weight;
    }
    expect(weights).toEqual({
      [CATALOG_ROUTES.categories]: 50,
      [CATALOG_ROUTES.category]: 150,
      [CATALOG_ROUTES.list]: 250,
      [CATALOG_ROUTES.search]: 150,
      [CATALOG_ROUTES.product]: 400,
    });
  }
});

test("popular products are asked for much more often, and the tail is there too", () => {
  const corpus = drawCatalogRequests(KNOWLEDGE, { seed: 5 });
  const products = corpus.filter(({ route }) => route === CATALOG_ROUTES.product);
  const weightOf = (from: number, to: number) =>
    products
      .filter(({ path }) => Number(path.split("/p")[2]) >= from && Number(path.split("/p")[2]) < to)
      .reduce((sum, { weight }) => sum + weight, 0);
  const all = weightOf(0, 2_000);
  // Zipf's law over 2,000: the first 20 have H(20) / H(2000) = 44 % of it, the last 1,000 have 8 %.
  expect(weightOf(0, 20) / all).toBeGreaterThan(0.4);
  expect(weightOf(0, 20) / all).toBeLessThan(0.48);
  expect(weightOf(1_000, 2_000) / all).toBeGreaterThan(0.06);
});

test("paths keep to what the catalog's contract allows", () => {
  for (const { path } of drawCatalogRequests(KNOWLEDGE, { seed: 3 })) {
    const url = new URL(path, "http://side");
    expect(url.pathname + url.search).toBe(path);
    expect(Number(url.searchParams.get("perPage") ?? 24)).toBeLessThanOrEqual(48);
  }
});

test("words come from names, the most frequent first, without short ones", () => {
  expect(wordsOf([{ name: "Éclair of tea" }, { name: "Tea TEA, a pot" }])).toEqual(["tea", "pot", "éclair"]);
});

test("a side that answers something else is not taken for a catalog", async () => {
  const ask = async () => ({ status: 200, headers: {}, body: Buffer.from('{"items":"none"}') });
  await expect(catalogCorpus(ask, { seed: 1 })).rejects.toMatchObject({ code: "BYN-EVIDENCE-057" });
  const failing = async () => ({ status: 503, headers: {}, body: Buffer.from("") });
  await expect(catalogCorpus(failing, { seed: 1 })).rejects.toMatchObject({ code: "BYN-EVIDENCE-057" });
});

test("it learns from all pages that the side has", async () => {
  const asked: string[] = [];
  const products = Array.from({ length: 100 }, (_, i) => ({
    id: `p${i}`,
    name: "Lamp",
    category: "lamps",
    price: { amount: 1, currency: "EUR" },
    available: true,
  }));
  const ask: Ask = async (path) => {
    asked.push(path);
    const page = Number(new URL(path, "http://side").searchParams.get("page"));
    const body =
      path === "/api/categories"
        ? { items: [{ slug: "lamps", name: "Lamps", parent: null, products: 100 }] }
        : { items: products.slice((page - 1) * 48, page * 48), page, perPage: 48, total: 100 };
    return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) };
  };
  const corpus = await catalogCorpus(ask, { seed: 1 });
  expect(asked).toHaveLength(4);
  expect(new Set(corpus.map(({ route }) => route))).toEqual(new Set(Object.values(CATALOG_ROUTES)));
});
