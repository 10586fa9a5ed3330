import {
  CategoryDetail,
  CategoryList,
  Product,
  ProductPage,
  type ProductPage as ProductPageType,
} from "@banyan/contracts/http/catalog.ts";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { ask, differences, type SideAnswer } from "./ask.ts";
import { type BothSides, type Pool, startBothSides } from "./both-sides.ts";
import { catalogRequests, type Known } from "./catalog-requests.ts";

const PRODUCTS = 300;
const SEED = 20_261_122;
const DRAWN = 350;

let sides: BothSides;
let requests: readonly string[];
let known: Known;

beforeAll(async () => {
  sides = await startBothSides({
    adminUrl: inject("postgresUrl"),
    products: PRODUCTS,
    prepare: addOddProducts,
  });
  known = await learn(sides.monolith);
  requests = catalogRequests(known, SEED, DRAWN);
});
afterAll(() => sides?.stop());

/** What a template or an encoding may get wrong; popular, so that they stand on first pages. */
async function addOddProducts(pool: Pool): Promise<void> {
  const odd: [name: string, description: string, attributes: object, amount: number][] = [
    [`<script>alert("1")</script> & 'co'`, "a < b && c > d\nand a new line", { '"<b>': "&amp;" }, 0],
    ["🫖 Teapot of the İstanbul étagère", "combining e\u0301, \u2028 and \u200f", { "€": "ß" }, 100_000_000],
    ["Numbers as keys", "10 comes before 9 in text", { 10: "ten", 9: "nine", b: "b", a: "a" }, 99],
    [" ", "A name of one blank.", {}, 100_001],
  ];
  for (const [n, [name, description, attributes, amount]] of odd.entries()) {
    await pool.query(
      `UPDATE product SET name = $2, description = $3, attributes = $4, price_amount = $5, popularity = 1000000,
         available = $6
       WHERE id = (SELECT id FROM product ORDER BY id OFFSET $1 LIMIT 1)`,
      [n * 7, name, description, attributes, amount, n % 2 === 0],
    );
  }
}

async function learn(origin: string): Promise<Known> {
  const ids: string[] = [];
  const words = new Set<string>();
  for (let page = 1; ids.length < PRODUCTS; page++) {
    const { items } = await read<ProductPageType>(origin, `/api/products?perPage=48&page=${page}`);
    if (items.length === 0) break;
    for (const { id, name } of items) {
      ids.push(id);
      for (const word of name.match(/\p{L}+/gu) ?? []) words.add(word);
    }
  }
  const { items } = await read<ReturnType<typeof CategoryList.parse>>(origin, "/api/categories");
  return { ids, words: [...words], categories: items.map(({ slug }) => slug) };
}

async function read<Body>(origin: string, path: string): Promise<Body> {
  return JSON.parse((await ask(origin, { path })).body.toString("utf8")) as Body;
}

async function differing(
  left: string,
  right: string,
  of: (origin: string, path: string) => Promise<SideAnswer>,
  paths: readonly string[] = requests,
): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const [a, b] = await Promise.all([of(left, path), of(right, path)]);
    for (const difference of differences(a, b)) found.push(`${path.slice(0, 200)} ${difference}`);
  }
  return found;
}

const get = (origin: string, path: string) => ask(origin, { path });

/** For what has to be seen once more but need not be seen everywhere. */
const third = () => requests.filter((_, n) => n % 3 === 0);

describe.each(["monolith", "extracted"] as const)("the catalog of the %s side keeps the contract", (name) => {
  const side = () => sides[name];

  it("for the list of categories", async () => {
    const answer = await get(side(), "/api/categories");
    expect(answer.status).toBe(200);
    const { items } = CategoryList.parse(JSON.parse(answer.body.toString("utf8")));
    expect(items.map(({ slug }) => slug)).toEqual(items.map(({ slug }) => slug).sort());
    expect(Math.max(...items.map(({ products }) => products))).toBeGreaterThan(0);
  });

  it("for every category by itself, which agrees with the list", async () => {
    const { items } = CategoryList.parse(await read(side(), "/api/categories"));
    expect(items.filter(({ parent }) => parent === null).length).toBeGreaterThan(1);
    for (const { slug, name, parent } of items) {
      const detail = CategoryDetail.parse(await read(side(), `/api/categories/${slug}`));
      expect([detail.slug, detail.name]).toEqual([slug, name]);
      expect(detail.breadcrumb.at(-1)).toEqual({ slug, name });
      expect(detail.breadcrumb.at(-2)?.slug ?? null).toBe(parent);
      const below = items.filter((other) => other.parent === slug);
      expect(detail.children).toEqual(below.map((child) => ({ slug: child.slug, name: child.name })));
    }
  });

  it("for every product, as JSON", async () => {
    expect(known.ids).toHaveLength(PRODUCTS);
    for (const id of known.ids) {
      const answer = await get(side(), `/api/products/${id}`);
      expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
      const product = Product.parse(JSON.parse(answer.body.toString("utf8")));
      expect(product.id).toBe(id);
      expect(product.breadcrumb.at(-1)?.slug).toBe(product.category);
      expect(product.related.map((other) => other.id)).not.toContain(id);
      expect(product.related.length).toBeLessThanOrEqual(4);
    }
  });

  it("for pages, which hold all products once, and totals, which stay the same beyond the end", async () => {
    const seen = new Set<string>();
    for (let page = 1; page <= Math.ceil(PRODUCTS / 48); page++) {
      const answer = await get(side(), `/api/products?perPage=48&page=${page}`);
      const { items, total } = ProductPage.parse(JSON.parse(answer.body.toString("utf8")));
      expect(total).toBe(PRODUCTS);
      for (const { id } of items) seen.add(id);
    }
    expect(seen.size).toBe(PRODUCTS);
    const beyond = await read<ProductPageType>(side(), "/api/products?page=500");
    expect(beyond).toEqual({ items: [], page: 500, perPage: 24, total: PRODUCTS });
  });

  it("in key order, byte for byte", async () => {
    const { body } = await get(side(), `/api/products/${known.ids[0]}`);
    const text = body.toString("utf8");
    expect(text).toBe(JSON.stringify(JSON.parse(text)));
    expect(Object.keys(JSON.parse(text))).toEqual(Object.keys(Product.shape));
  });

  it("by finding what the name says, best match first", async () => {
    const { items, total } = await read<ProductPageType>(
      side(),
      "/api/products?q=teapot%20%C3%A9tag%C3%A8re",
    );
    expect(total).toBe(1);
    expect(items[0]?.name).toContain("🫖");
  });

  it("by naming every mistake of a query", async () => {
    const answer = await get(side(), "/api/products?q=&page=x&perPage=49&more=1");
    expect(answer.status).toBe(400);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    const problem = JSON.parse(answer.body.toString("utf8")) as { code: string; errors: { place: string }[] };
    expect(problem.code).toBe("BYN-SHOP-002");
    expect(problem.errors.map(({ place }) => place).sort()).toEqual(["", "page", "perPage", "q"]);
  });

  it("by answering 304 to its own ETag, and 200 to another", async () => {
    for (const path of ["/api/categories", "/api/products?q=the", `/api/products/${known.ids[0]}`]) {
      const { etag } = (await get(side(), path)).headers;
      const same = await ask(side(), { path, headers: { "if-none-match": String(etag) } });
      expect([same.status, same.body.length, same.headers.etag]).toEqual([304, 0, etag]);
      expect((await ask(side(), { path, headers: { "if-none-match": '"other"' } })).status).toBe(200);
    }
  });
});

describe("both sides answer the same", () => {
  it("bytes, status and headers to every request", async () => {
    expect(requests.length).toBeGreaterThan(450);
    expect(await differing(sides.monolith, sides.extracted, get)).toEqual([]);
  });

  it("from what the extracted side has kept, too", async () => {
    expect(await differing(sides.monolith, sides.extracted, get)).toEqual([]);
  });

  it("to HEAD", async () => {
    const head = (origin: string, path: string) => ask(origin, { method: "HEAD", path });
    expect(await differing(sides.monolith, sides.extracted, head, third())).toEqual([]);
  });

  it("to a request that has the answer already, by whichever side it came", async () => {
    const again = async (origin: string, path: string) => {
      const other = origin === sides.monolith ? sides.extracted : sides.monolith;
      const { etag } = (await get(other, path)).headers;
      return ask(origin, { path, headers: etag === undefined ? {} : { "if-none-match": etag } });
    };
    expect(await differing(sides.monolith, sides.extracted, again, third())).toEqual([]);
  });

  it("to a request that wants no kept answer", async () => {
    const fresh = async (origin: string, path: string) => {
      const { etag } = (await get(origin, path)).headers;
      const headers = { "if-none-match": String(etag), "cache-control": "no-cache" };
      return ask(origin, { path, headers });
    };
    expect(await differing(sides.monolith, sides.extracted, fresh, third())).toEqual([]);
  });
});

describe("the comparison can fail", () => {
  it("finds wrong prices and sporadic errors", async () => {
    for (const plant of ["wrong-price", "errors"] as const) {
      const found = await differing(sides.monolith, await sides.planted(plant), get, third());
      expect(found.length, plant).toBeGreaterThan(0);
    }
  });

  it("does not see what is only slow: that is for the load evidence", async () => {
    for (const plant of ["slow-tail", "n-plus-one"] as const) {
      expect(await differing(sides.monolith, await sides.planted(plant), get, third()), plant).toEqual([]);
    }
  });
});
