import type { Product, ProductSummary } from "@banyan/contracts/http/catalog.ts";
import type { CategoryView, Step } from "./products/catalog-reads.ts";

/*
 * The shop's pages, byte for byte as the monolith writes them from a template of its own: the sides share no code, and
 * tests/parity holds them together. What all pages have in common is put together once, when the process starts.
 */

/** `GET /catalog/products/:id` */
export function productPage(product: Product): string {
  let facts = "";
  for (const name in product.attributes) {
    facts += `<div><dt>${plain(name)}</dt><dd>${plain(product.attributes[name] ?? "")}</dd></div>`;
  }
  const related =
    product.related.length === 0 ? "" : `<h2>Others also looked at</h2>\n${cards(product.related)}\n`;
  return document(
    product.name,
    `${wayTo(product.breadcrumb, product.name)}
<article class="product">
${tile(product)}
<div>
<h1>${plain(product.name)}</h1>
<p class="price">${price(product)}</p>
<p class="stock">${product.available ? "In stock" : "Out of stock"}</p>
<p>${plain(product.description)}</p>
<dl>${facts}</dl>
</div>
</article>
${related}`,
  );
}

/** `GET /catalog/categories/:slug?page=` */
export function categoryPage({ slug, name, breadcrumb, children, products }: CategoryView): string {
  const { items, page, perPage, total } = products;
  const below = children.map((child) => `<li>${categoryLink(child)}</li>`).join("");
  const chips = below === "" ? "" : `<nav aria-label="Subcategories"><ul class="chips">${below}</ul></nav>\n`;
  const pages = Math.max(1, Math.ceil(total / perPage));
  return document(
    name,
    `${wayTo(breadcrumb.slice(0, -1), name)}
<h1>${plain(name)}</h1>
<p class="stock">${total} ${total === 1 ? "product" : "products"}</p>
${chips}${items.length === 0 ? "<p>There is nothing on this page.</p>" : cards(items)}
<nav class="pager" aria-label="Pages">${
      page > 1 ? pageLink(slug, page - 1, "prev", "Previous") : "<span></span>"
    }<span>Page ${page} of ${pages}</span>${
      page < pages ? pageLink(slug, page + 1, "next", "Next") : "<span></span>"
    }</nav>
`,
  );
}

function document(title: string, main: string): string {
  return `${BEFORE_TITLE}${plain(title)}${BEFORE_MAIN}${main}${AFTER_MAIN}`;
}

function wayTo(above: readonly Step[], here: string): string {
  const links = above.map((step) => `<li>${categoryLink(step)}</li>`).join("");
  return `<nav aria-label="Breadcrumb"><ol class="way"><li><a href="/">Home</a></li>${links}<li aria-current="page">${plain(here)}</li></ol></nav>`;
}

function categoryLink({ slug, name }: Step): string {
  return `<a href="/catalog/categories/${slug}">${plain(name)}</a>`;
}

function pageLink(slug: string, page: number, rel: string, text: string): string {
  return `<a rel="${rel}" href="/catalog/categories/${slug}?page=${page}">${text}</a>`;
}

function cards(products: readonly ProductSummary[]): string {
  return `<ul class="cards">\n${products.map(card).join("\n")}\n</ul>`;
}

function card(product: ProductSummary): string {
  const soldOut = product.available ? "" : `\n<span class="stock">Out of stock</span>`;
  return `<li><a href="/catalog/products/${product.id}">${tile(product)}
<span class="name">${plain(product.name)}</span>
<span class="price">${price(product)}</span>${soldOut}</a></li>`;
}

/** In place of a photograph: the first letter on a colour made of the category's slug. */
function tile({ name, category }: ProductSummary): string {
  let hue = 0;
  for (const letter of category) hue = (hue * 31 + letter.charCodeAt(0)) % 360;
  const [first = ""] = name;
  return `<span class="tile" style="--hue:${hue}" aria-hidden="true">${plain(first)}</span>`;
}

/** `€1,234.50`, or `USD 1,234.50` for another currency than euro. */
function price({ price: { amount, currency } }: ProductSummary): string {
  const cents = amount % 100;
  const whole = WHOLE.format((amount - cents) / 100);
  return `${currency === "EUR" ? "€" : `${plain(currency)} `}${whole}.${cents < 10 ? "0" : ""}${cents}`;
}

const WHOLE = new Intl.NumberFormat("en-US");

/** Text as HTML shows it, in elements and in double-quoted attributes. */
function plain(text: string): string {
  return SPECIAL.test(text) ? text.replace(EACH_SPECIAL, (one) => `&#${one.charCodeAt(0)};`) : text;
}

const SPECIAL = /[&<>"']/;
const EACH_SPECIAL = /[&<>"']/g;

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

const BEFORE_TITLE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>`;
const BEFORE_MAIN = ` · Fig Lane</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header><a href="/">Fig Lane</a><span>good things for home and garden</span></header>
<main id="main">
`;
const AFTER_MAIN = `</main>
<footer>Fig Lane is a demonstration shop: nothing here is for sale.</footer>
</body>
</html>
`;
