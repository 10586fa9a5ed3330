import { CategoryDetail, CategoryList, Product, ProductPage } from "@banyan/contracts/http/catalog.ts";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { codeOf, openShop, type Shop } from "../shop.fixture.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"));
});
afterAll(() => shop.stop());

async function read(path: string): Promise<unknown> {
  const answer = await shop.ask(path);
  expect(answer.status).toBe(200);
  return answer.json();
}
const list = async (query = "") => ProductPage.parse(await read(`/api/products${query}`));
const one = async (id: string) => Product.parse(await read(`/api/products/${id}`));

describe("categories", () => {
  test("come by slug, and a department counts what stands on its shelves", async () => {
    const { items } = CategoryList.parse(await read("/api/categories"));
    expect(items).toHaveLength(40);
    expect(items.map(({ slug }) => slug)).toEqual(items.map(({ slug }) => slug).sort());
    const { rows } = await shop.pool.query<{ slug: string; count: number }>(
      `SELECT parent.slug, count(*)::int FROM category parent
       JOIN category c ON c.id = parent.id OR c.parent_id = parent.id JOIN product ON product.category_id = c.id
       GROUP BY parent.slug`,
    );
    const counts = new Map(rows.map(({ slug, count }) => [slug, count]));
    for (const { slug, products } of items) expect([slug, products]).toEqual([slug, counts.get(slug) ?? 0]);
    expect(items.find(({ slug }) => slug === "kitchen")?.products).toBeGreaterThan(20);
  });

  test("say which they stand below, and each by itself its way and its children", async () => {
    const { items } = CategoryList.parse(await read("/api/categories"));
    expect(items.filter(({ parent }) => parent === null)).toHaveLength(8);
    expect(CategoryDetail.parse(await read("/api/categories/cookware?utm_source=letter"))).toEqual({
      slug: "cookware",
      name: "Cookware",
      breadcrumb: [
        { slug: "kitchen", name: "Kitchen" },
        { slug: "cookware", name: "Cookware" },
      ],
      children: [],
    });
    const { children } = CategoryDetail.parse(await read("/api/categories/kitchen"));
    expect(children.map(({ slug }) => slug)).toEqual(
      items.filter(({ parent }) => parent === "kitchen").map(({ slug }) => slug),
    );
    expect(Object.keys((await read("/api/categories/kitchen")) as object)).toEqual(
      Object.keys(CategoryDetail.shape),
    );
  });

  test.each(["nope", "Kitchen", "%00", "%20"])("%s is none", async (slug) => {
    const answer = await shop.ask(`/api/categories/${slug}`);
    expect([answer.status, await codeOf(answer)]).toEqual([404, "BYN-SHOP-003"]);
  });
});

describe("lists", () => {
  test("go by popularity, and their pages put together hold each product once", async () => {
    const pages = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((page) => list(`?page=${page}&perPage=48`)));
    const ids = pages.flatMap(({ items }) => items.map(({ id }) => id));
    const { rows } = await shop.pool.query("SELECT id FROM product ORDER BY popularity DESC, id");
    expect(ids).toEqual(rows.map(({ id }) => id));
    expect(pages.map(({ total }) => total)).toEqual(Array(7).fill(300));
  });

  test("of a department hold its shelves' products too", async () => {
    const { items, total } = await list("?category=garden&perPage=48");
    const slugs = new Set(items.map(({ category }) => category));
    expect(total).toBeGreaterThan(20);
    expect(slugs.size).toBeGreaterThan(1);
    expect(
      [...slugs].every((slug) => /^(garden|hand-tools|digging-tools|pots-and-planters|watering)$/.test(slug)),
    ).toBe(true);
  });

  test("found by words go by rank: names before descriptions, words in any form", async () => {
    const { items, total } = await list("?q=steel%20PANS");
    expect(total).toBeGreaterThan(0);
    expect(items[0]?.name).toMatch(/Steel .*Pan$/);
    expect((await list("?q=steel+pan")).items).toEqual(items);
    expect((await list("?q=nosuchword")).items).toEqual([]);
    expect((await list("?q=the")).total).toBe(0);
  });

  test("a page after the last one is empty and knows the total", async () => {
    expect(await list("?page=500")).toEqual({ items: [], page: 500, perPage: 24, total: 300 });
  });

  test.each([
    ["?page=0", 400, "BYN-SHOP-002"],
    ["?page=one&perPage=49", 400, "BYN-SHOP-002"],
    ["?q=", 400, "BYN-SHOP-002"],
    ["?q=a&q=b", 400, "BYN-SHOP-002"],
    ["?q=%00", 400, "BYN-SHOP-002"],
    ["?unknown=1", 400, "BYN-SHOP-002"],
    ["?category=Nope'", 400, "BYN-SHOP-002"],
    ["?category=nope", 404, "BYN-SHOP-003"],
  ])("%s is refused with %i %s", async (query, status, code) => {
    const answer = await shop.ask(`/api/products${query}`);
    expect([answer.status, await codeOf(answer)]).toEqual([status, code]);
  });

  test("every mistake of a query is named", async () => {
    const answer = await shop.ask("/api/products?page=0&perPage=99");
    expect(await answer.json()).toMatchObject({ errors: [{ place: "page" }, { place: "perPage" }] });
  });
});

describe("a product", () => {
  test("has its way from the top and the four most popular others of its category", async () => {
    const [summary] = (await list("?category=cookware")).items;
    const product = await one(summary?.id ?? "");
    expect(product).toMatchObject(summary ?? {});
    expect(product.breadcrumb).toEqual([
      { slug: "kitchen", name: "Kitchen" },
      { slug: "cookware", name: "Cookware" },
    ]);
    const others = (await list("?category=cookware")).items.filter(({ id }) => id !== product.id);
    expect(product.related).toEqual(others.slice(0, 4));
  });

  test("keeps the contract's order of keys", async () => {
    const [{ id } = { id: "" }] = (await list()).items;
    expect(Object.keys((await read(`/api/products/${id}`)) as object)).toEqual(Object.keys(Product.shape));
  });

  test.each([
    "nope",
    "0190a000-0000-7000-8000-00000000abcd",
    "0190A000-0000-7000-8000-00000000ABCD",
    "%00",
    "%ff",
  ])("%s is nothing", async (id) => {
    const answer = await shop.ask(`/api/products/${id}`);
    expect(answer.status).toBe(id === "%ff" ? 400 : 404);
    expect(answer.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  });
});

test.each(["/api/categories", "/api/categories/kitchen", "/api/products"])(
  "%s is revalidated: no-cache, an ETag, and 304 for whoever has it",
  async (path) => {
    const answer = await shop.ask(path);
    await answer.text();
    expect(answer.headers.get("cache-control")).toBe("no-cache");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    const etag = answer.headers.get("etag") ?? "";
    expect(etag).not.toBe("");
    // As a browser revalidates; fetch itself would send `no-cache`, which asks for the whole answer.
    const again = await shop.ask(path, { headers: { "if-none-match": etag, "cache-control": "max-age=0" } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  },
);

test("whatever no route takes is a problem document with the request's id", async () => {
  const answer = await shop.ask("/nothing", { headers: { "x-request-id": "my-own-id-1" } });
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ code: "BYN-SHOP-003", requestId: "my-own-id-1" });
  expect(answer.headers.get("x-powered-by")).toBeNull();
});
