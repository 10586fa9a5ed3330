import type { CategoryStep, ProductSummary } from "@banyan/contracts/http/catalog.ts";
import { moneyText } from "../../money.ts";
import { type Html, html } from "./html.ts";
import { tile } from "./tile.ts";

export function productPath(id: string): string {
  return `/catalog/products/${encodeURIComponent(id)}`;
}

export function categoryPath(slug: string): string {
  return `/catalog/categories/${encodeURIComponent(slug)}`;
}

export function categoryLink({ slug, name }: CategoryStep): Html {
  return html`<a href="${categoryPath(slug)}">${name}</a>`;
}

/** A price stands last, so that those of a row stand on one line. */
export function cards(products: readonly ProductSummary[]): Html {
  const items = products.map(
    (product) => html`<li><a href="${productPath(product.id)}">${tile(product)}
<span class="name">${product.name}</span>${
      !product.available &&
      html`
<span class="soft">Not for sale now</span>`
    }
<span class="price">${moneyText(product.price)}</span></a></li>
`,
  );
  return html`<ul class="cards">
${items}</ul>`;
}

/** The way from the home page; `above` are links, `here` is not. */
export function breadcrumb(above: readonly CategoryStep[], here: string): Html {
  return html`<nav aria-label="Breadcrumb"><ol class="way"><li><a href="/">Home</a></li>${above.map(
    (step) => html`<li>${categoryLink(step)}</li>`,
  )}<li aria-current="page">${here}</li></ol></nav>`;
}
