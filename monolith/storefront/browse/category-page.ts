import type { CategoryDetail, ProductPage } from "@banyan/contracts/http/catalog.ts";
import { count } from "../look/count.ts";
import { type Html, html } from "../look/html.ts";
import { pager } from "../look/pager.ts";
import { breadcrumb, cards, categoryLink, categoryPath } from "../look/products.ts";

/** `GET /catalog/categories/:slug?page=` */
export function categoryPage(
  { slug, name, breadcrumb: way, children }: CategoryDetail,
  products: ProductPage,
): Html {
  return html`${breadcrumb(way.slice(0, -1), name)}
<h1>${name}</h1>
<p class="soft">${count(products.total, "product")}</p>
${
  children.length > 0 &&
  html`<nav aria-label="Shelves"><ul class="chips">${children.map((child) => html`<li>${categoryLink(child)}</li>`)}</ul></nav>`
}
${products.items.length > 0 ? cards(products.items) : html`<p>There is nothing on this page.</p>`}
${pager(categoryPath(slug), {}, products)}`;
}
