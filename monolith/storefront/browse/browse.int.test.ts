import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openShop, type Shop } from "../../shop.fixture.ts";
import { browserOf, filledIn, headingOf, placeOf } from "../browser.fixture.ts";

const HOSTILE = `"><script>alert('1')</script>`;

let shop: Shop;
beforeAll(async () => {
  shop = await openShop(inject("postgresUrl"));
});
afterAll(() => shop.stop());

describe("looking around", () => {
  test("the home page leads to a department, that to a shelf, that to a product", async () => {
    const { go } = browserOf(shop);
    const home = await go("/");
    expect(home.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(home.text).toContain('<a href="/catalog/categories/kitchen">Kitchen</a>');
    const department = await go("/catalog/categories/kitchen");
    expect(department.text).toContain('<a href="/catalog/categories/cookware">Cookware</a>');
    expect(department.text).toContain('<a rel="next" href="/catalog/categories/kitchen?page=2">Next</a>');
    const shelf = await go("/catalog/categories/cookware?utm_source=letter");
    const path = /"(\/catalog\/products\/[^"]+)"/.exec(shelf.text)?.[1] ?? "";
    const product = await go(path);
    expect(product.text).toContain('<a href="/catalog/categories/cookware">Cookware</a>');
    expect(product.text).toMatch(/In stock|Only \d left|Out of stock|Not for sale now/);
  });

  test("a search is narrowed, paged and never empty-handed", async () => {
    const { go } = browserOf(shop);
    const steel = await go("/search?q=steel");
    expect(headingOf(steel)).toBe("Search for “steel”");
    expect(steel.text).toContain('value="steel"');
    expect(steel.text).toContain('href="/search?q=steel&#38;page=2"');
    expect(steel.text).toContain('href="/search?q=steel&#38;category=kitchen"');
    const narrowed = await go("/search?q=steel&category=cookware");
    expect(narrowed.text).toContain('category=cookware" aria-current="true"');
    expect((await go("/search?q=nosuchword")).text).toContain("Nothing was found");
    expect(headingOf(await go("/search?q=++"))).toBe("All products");
    // The price of each stands last, so that those of a row are in line.
    expect(steel.text).not.toMatch(/class="price">[^<]*<\/span>\s*<span/);
    expect((await go("/search?q=steel&page=400")).text).toContain("Go to the first one.");
  });

  test("style sheet and mark may be kept for good", async () => {
    const { go } = browserOf(shop);
    const paths = [...(await go("/")).text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(
      ([, path]) => path,
    );
    expect(new Set(paths).size).toBe(2);
    for (const path of paths) {
      const { status, headers } = await go(path ?? "");
      expect([status, headers.get("cache-control")]).toEqual([200, "public, max-age=31536000, immutable"]);
    }
  });

  test("what anybody wrote is text, wherever it is shown", async () => {
    const { rows } = await shop.pool.query<{ id: string }>(
      `UPDATE product SET name = $1, description = $1, attributes = jsonb_build_object($1::text, $1::text),
         popularity = 2000000, available = true
       WHERE id = (SELECT id FROM product JOIN stock ON sku = id WHERE on_hand > 20 ORDER BY id LIMIT 1) RETURNING id`,
      [HOSTILE],
    );
    await shop.pool.query("UPDATE category SET name = $1 WHERE slug = 'towels'", [HOSTILE]);
    const id = rows[0]?.id ?? "";
    const visitor = browserOf(shop);
    await visitor.go("/sign-up", {
      name: HOSTILE,
      email: "hostile@mail.example",
      password: "banyan-demo-shop",
    });
    await visitor.go("/cart/lines", { product: id, quantity: "1" });
    const again = await visitor.go("/checkout", {
      "shipTo.name": HOSTILE,
      "shipTo.street": HOSTILE,
      "shipTo.city": "",
    });
    expect(again.status).toBe(400);
    const pages = [
      again,
      await visitor.go("/cart"),
      await visitor.go("/checkout"),
      await visitor.go(`/catalog/products/${id}`),
    ];
    const placed = await visitor.go("/checkout", await filledIn(visitor, { "shipTo.name": HOSTILE }));
    pages.push(await visitor.go(placeOf(placed)));
    for (const path of [
      "/",
      "/search",
      "/catalog/categories/towels",
      `/search?q=${encodeURIComponent(HOSTILE)}`,
      `/${encodeURIComponent(HOSTILE)}`,
      `/sign-in?next=/${encodeURIComponent(HOSTILE)}`,
    ]) {
      pages.push(await visitor.go(path));
    }
    pages.push(await visitor.go("/sign-in", { email: HOSTILE, password: "x", next: HOSTILE }));
    pages.push(await visitor.go("/sign-up", { email: HOSTILE, name: HOSTILE, password: "x" }));
    for (const page of pages) expect(page.text).not.toMatch(/<script|alert\('1'\)/);
    expect(pages.filter(({ text }) => text.includes("&#60;script&#62;")).length).toBeGreaterThan(8);
  });
});

describe("an address that is none", () => {
  test("is a page for people and a problem document for programs", async () => {
    const { go } = browserOf(shop);
    for (const path of [
      "/nothing",
      "/catalog/products/nope",
      "/catalog/categories/%00",
      "/orders/%2e%2e/x",
    ]) {
      const { status, text } = await go(path);
      expect([path, status]).toEqual([path, 404]);
      expect(text).toContain("There is nothing at this address");
    }
    expect((await go("/catalog/categories/kitchen?page=0")).status).toBe(400);
    expect((await go("/catalog/products/%zz")).status).toBe(400);
    expect((await go("/search?page=abc")).text).toContain("<li>page is not a number</li>");
    for (const headers of [{ accept: "*/*" }, { accept: "application/json" }]) {
      expect((await go("/nothing", undefined, headers)).headers.get("content-type")).toContain(
        "application/problem+json",
      );
    }
    expect((await go("/api/nothing")).headers.get("content-type")).toContain("application/problem+json");
  });

  test("a form that is too large, or none at all, is refused with a page", async () => {
    const large = await browserOf(shop).go("/sign-in", { email: "a".repeat(30_000) });
    expect([large.status, headingOf(large)]).toEqual([413, "The body is too large"]);
    const odd = await browserOf(shop).go("/cart/lines", {}, { "content-type": "text/plain" });
    expect(odd.headers.get("content-type")).toContain("text/html");
    expect(odd.status).toBeLessThan(500);
  });
});
