import type { Product } from "@banyan/contracts/http/catalog.ts";
import { expect, test } from "vitest";
import { categoryPage, productPage } from "./page.ts";

const product: Product = {
  id: "0190a000-0000-7000-8000-000000000001",
  name: `"><script>alert('1')</script>`,
  category: "cups",
  price: { amount: 123_405, currency: "EUR" },
  available: false,
  description: "Tom & Jerry's <b>cup</b>",
  attributes: { "<i>Colour</i>": "Blue & 'white'" },
  breadcrumb: [
    { slug: "kitchen", name: "Kitchen & more" },
    { slug: "cups", name: "Cups" },
  ],
  related: [],
  version: 1,
  updatedAt: "2026-01-01T00:00:00.000Z",
};

const view = (page: number, total: number) =>
  categoryPage({
    slug: "cups",
    name: "Cups",
    breadcrumb: product.breadcrumb,
    children: [],
    products: { items: total === 0 ? [] : [product], page, perPage: 24, total },
  });

test("nothing that an edit can write becomes markup", () => {
  for (const html of [productPage(product), productPage({ ...product, related: [product] }), view(1, 1)]) {
    expect(html).not.toMatch(/<script|<b>|<i>|& |'white'/);
    expect(html).toContain("&#60;script&#62;");
  }
});

test("a product shows price, stock and the way to its category", () => {
  const html = productPage(product);
  expect(html).toContain("€1,234.05");
  expect(html).toContain("Out of stock");
  expect(html).toContain('<a href="/catalog/categories/kitchen">Kitchen &#38; more</a>');
  expect(html).not.toContain("Others also looked at");
  expect(productPage({ ...product, price: { amount: 5, currency: "CHF" } })).toContain("CHF 0.05");
});

test("a list leads to the page before and the page after, where there are some", () => {
  const links = (html: string) =>
    [...html.matchAll(/rel="(prev|next)" href="([^"]+)"/g)].map(([, rel, to]) => [rel, to]);
  const to = (page: number) => `/catalog/categories/cups?page=${page}`;
  expect(links(view(1, 24))).toEqual([]);
  expect(links(view(1, 25))).toEqual([["next", to(2)]]);
  expect(links(view(2, 49))).toEqual([
    ["prev", to(1)],
    ["next", to(3)],
  ]);
  expect(view(1, 0)).toContain("Page 1 of 1");
  expect(view(1, 0)).toContain("There is nothing on this page.");
});
