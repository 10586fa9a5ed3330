import type { Category, ProductPage } from "@banyan/contracts/http/catalog.ts";
import { count } from "../look/count.ts";
import { type Html, html } from "../look/html.ts";
import { pager } from "../look/pager.ts";
import { cards } from "../look/products.ts";
import { queryOf } from "../visit/asked.ts";

export interface Search {
  readonly q: string;
  /** A slug, or "" for the whole shop. */
  readonly category: string;
}

export function searchTitle({ q }: Search): string {
  return q === "" ? "All products" : `Search for “${q}”`;
}

/** `GET /search?q&category&page` */
export function searchPage(search: Search, products: ProductPage, categories: readonly Category[]): Html {
  const { q, category } = search;
  const said = Object.fromEntries(Object.entries({ q, category }).filter(([, value]) => value !== ""));
  return html`<h1>${searchTitle(search)}</h1>
<p class="soft" role="status">${count(products.total, "product")}</p>
${chips(search, categories)}
${products.items.length > 0 ? cards(products.items) : nothing(search, products)}
${pager("/search", said, products)}`;
}

/** The departments and, within the chosen one, its shelves. */
function chips({ q, category }: Search, categories: readonly Category[]): Html {
  const chosen = categories.find(({ slug }) => slug === category);
  const department = chosen?.parent ?? chosen?.slug;
  const link = (slug: string, name: string, here: boolean) =>
    html`<li><a href="/search${queryOf({ q, category: slug })}"${here && html` aria-current="true"`}>${name}</a></li>`;
  const row = (parent: string | null) =>
    categories
      .filter((each) => each.parent === parent)
      .map(({ slug, name }) => link(slug, name, slug === category || slug === department));
  return html`<nav aria-label="Narrow the search"><ul class="chips">${link("", "Everywhere", category === "")}${row(null)}</ul>${
    department !== undefined && html`<ul class="chips">${row(department)}</ul>`
  }</nav>`;
}

function nothing({ q, category }: Search, { total }: ProductPage): Html {
  if (total > 0)
    return html`<p>There is nothing on this page. <a href="/search${queryOf({ q, category })}">Go to the first one.</a></p>`;
  return html`<p>Nothing was found. Try fewer or other words${
    category !== "" && html`, or <a href="/search${queryOf({ q })}">search everywhere</a>`
  }; or look around <a href="/">by department</a>.</p>`;
}
