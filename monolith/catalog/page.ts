import type { Product, ProductPage, ProductSummary } from "@banyan/contracts/http/catalog.ts";

/*
 * The shop's pages. The extracted catalog answers the same bytes from a template of its own: the two sides share
 * no code, and tests/parity holds them together.
 */

/** What the page of a category shows: its way from the top (itself last), its children by slug, its products. */
export interface CategoryView {
  readonly slug: string;
  readonly name: string;
  readonly breadcrumb: readonly { readonly slug: string; readonly name: string }[];
  readonly children: readonly { readonly slug: string; readonly name: string }[];
  readonly products: ProductPage;
}

/** `GET /catalog/products/:id` */
export function productPage(product: Product): string {
  const facts = Object.entries(product.attributes).map(
    ([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`,
  );
  return layout(
    product.name,
    `${breadcrumb(product.breadcrumb, product.name)}
<article class="product">
${tile(product)}
<div>
<h1>${escaped(product.name)}</h1>
<p class="price">${money(product.price.amount, product.price.currency)}</p>
<p class="stock">${product.available ? "In stock" : "Out of stock"}</p>
<p>${escaped(product.description)}</p>
<dl>${facts.join("")}</dl>
</div>
</article>
${product.related.length === 0 ? "" : `<h2>Others also looked at</h2>\n${cards(product.related)}\n`}`,
  );
}

/** `GET /catalog/categories/:slug?page=` */
export function categoryPage(view: CategoryView): string {
  const { items, page, perPage, total } = view.products;
  const links = view.children.map(
    (child) => `<li><a href="/catalog/categories/${child.slug}">${escaped(child.name)}</a></li>`,
  );
  return layout(
    view.name,
    `${breadcrumb(view.breadcrumb.slice(0, -1), view.name)}
<h1>${escaped(view.name)}</h1>
<p class="stock">${total} ${total === 1 ? "product" : "products"}</p>
${links.length === 0 ? "" : `<nav aria-label="Subcategories"><ul class="chips">${links.join("")}</ul></nav>\n`}${
  items.length === 0 ? "<p>There is nothing on this page.</p>" : cards(items)
}
${pager(`/catalog/categories/${view.slug}`, page, Math.max(1, Math.ceil(total / perPage)))}`,
  );
}

/** A whole document around `main`; `title` is plain text, `main` is HTML. */
export function layout(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Fig Lane</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header><a href="/">Fig Lane</a><span>good things for home and garden</span></header>
<main id="main">
${main}</main>
<footer>Fig Lane is a demonstration shop: nothing here is for sale.</footer>
</body>
</html>
`;
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function breadcrumb(way: readonly { slug: string; name: string }[], here: string): string {
  const links = way.map(
    (step) => `<li><a href="/catalog/categories/${step.slug}">${escaped(step.name)}</a></li>`,
  );
  return `<nav aria-label="Breadcrumb"><ol class="way"><li><a href="/">Home</a></li>${links.join("")}<li aria-current="page">${escaped(here)}</li></ol></nav>`;
}

function cards(products: readonly ProductSummary[]): string {
  const items = products.map(
    (product) => `<li><a href="/catalog/products/${product.id}">${tile(product)}
<span class="name">${escaped(product.name)}</span>
<span class="price">${money(product.price.amount, product.price.currency)}</span>${
      product.available ? "" : `\n<span class="stock">Out of stock</span>`
    }</a></li>`,
  );
  return `<ul class="cards">\n${items.join("\n")}\n</ul>`;
}

/** In place of a photograph: the first letter on the colour of the category. */
function tile(product: { readonly name: string; readonly category: string }): string {
  let hue = 0;
  for (let i = 0; i < product.category.length; i++) hue = (hue * 31 + product.category.charCodeAt(i)) % 360;
  const letter = escaped([...product.name][0] ?? "");
  return `<span class="tile" style="--hue:${hue}" aria-hidden="true">${letter}</span>`;
}

function pager(path: string, page: number, pages: number): string {
  const previous = page > 1 ? `<a rel="prev" href="${path}?page=${page - 1}">Previous</a>` : "<span></span>";
  const next = page < pages ? `<a rel="next" href="${path}?page=${page + 1}">Next</a>` : "<span></span>";
  return `<nav class="pager" aria-label="Pages">${previous}<span>Page ${page} of ${pages}</span>${next}</nav>\n`;
}

/** Minor units as people read them: `€1,234.50`; another currency than euro by its code. */
function money(amount: number, currency: string): string {
  const whole = String(Math.floor(amount / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
  const cents = String(amount % 100).padStart(2, "0");
  return `${currency === "EUR" ? "€" : `${escaped(currency)} `}${whole}.${cents}`;
}

const STYLE =
  "*{box-sizing:border-box}" +
  "body{margin:0;background:#faf8f4;color:#26241f;font:1rem/1.6 system-ui,sans-serif}" +
  "header,main,footer{max-width:66rem;margin:0 auto;padding:1rem 1.25rem}" +
  "header{display:flex;gap:.25rem 1rem;align-items:baseline;flex-wrap:wrap;border-bottom:1px solid #e3ddd0}" +
  "header a{font:700 1.4rem Georgia,serif;color:#2f5d3a;text-decoration:none}" +
  "header span,footer,.stock,.way{color:#635d50;font-size:.9rem}" +
  "footer{margin-top:2rem;border-top:1px solid #e3ddd0}" +
  "h1,h2{font-family:Georgia,serif;line-height:1.25;margin:.5rem 0}" +
  "a{color:#2f5d3a}a:focus-visible{outline:3px solid #c98a1b;outline-offset:2px}" +
  ".skip{position:absolute;left:-99rem}.skip:focus{position:static}" +
  ".way,.chips,.cards{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap}" +
  ".way li+li::before{content:'›';margin:0 .5rem}" +
  ".chips{gap:.5rem;margin:.5rem 0}.chips a{display:block;padding:.35rem .8rem;border:1px solid #cfc7b5;border-radius:2rem;background:#fff;text-decoration:none}" +
  ".cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:1rem;margin:1rem 0}" +
  ".cards a{display:flex;flex-direction:column;height:100%;padding:.6rem;background:#fff;border:1px solid #e3ddd0;border-radius:.5rem;text-decoration:none;color:inherit}" +
  ".cards a:hover .name{text-decoration:underline}.name{line-height:1.35;margin-top:.5rem;flex:1}" +
  ".price{font-weight:700}.product .price{font-size:1.4rem;margin:0}.product .stock{margin:0}" +
  ".tile{display:grid;place-items:center;aspect-ratio:4/3;border-radius:.35rem;font:700 3rem Georgia,serif;background:hsl(var(--hue) 35% 88%);color:hsl(var(--hue) 40% 32%)}" +
  ".product{display:grid;gap:1rem 2rem;margin:1rem 0}.product>.tile{font-size:6rem;align-self:start}" +
  "dl{margin:1rem 0}dl div{display:flex;gap:1rem;padding:.35rem 0;border-top:1px solid #e3ddd0}dt{flex:0 0 9rem;color:#635d50}dd{margin:0}" +
  ".pager{display:flex;justify-content:space-between;gap:1rem;margin-top:1rem}" +
  "@media(min-width:44rem){.product{grid-template-columns:2fr 3fr}}";
