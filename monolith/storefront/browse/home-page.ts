import type { Category, ProductSummary } from "@banyan/contracts/http/catalog.ts";
import { count } from "../look/count.ts";
import { type Html, html } from "../look/html.ts";
import { cards, categoryLink } from "../look/products.ts";

/** `GET /`: a box to search with, what people like, and all shelves by department. */
export function homePage(categories: readonly Category[], popular: readonly ProductSummary[]): Html {
  const departments = categories.filter(({ parent }) => parent === null);
  const shelvesOf = (slug: string) => categories.filter(({ parent }) => parent === slug);
  return html`<section class="hero">
<h1>Good things for home and garden</h1>
<p>Well-made tools, pots, linen and furniture: things that are used every day and get better with age.</p>
<a class="button" href="/search">Look at all products</a>
</section>
<h2>What others like</h2>
${cards(popular)}
<h2>Departments</h2>
<ul class="departments">
${departments.map(
  (top) => html`<li><h3>${categoryLink(top)}</h3>
<p class="soft">${count(top.products, "product")}</p>
<ul>${shelvesOf(top.slug).map((shelf) => html`<li>${categoryLink(shelf)}</li>`)}</ul></li>
`,
)}</ul>`;
}
