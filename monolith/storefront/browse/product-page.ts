import type { Product } from "@banyan/contracts/http/catalog.ts";
import { moneyText } from "../../money.ts";
import { type Html, html } from "../look/html.ts";
import { breadcrumb, cards } from "../look/products.ts";
import { tile } from "../look/tile.ts";

/** How many there are, or that nobody could say just now. */
export type Stock = number | "unknown";

/** From so few on, the page says how many are left. */
const FEW = 5;
const MAX_AT_ONCE = 99;

/** `GET /catalog/products/:id` */
export function productPage(product: Product, stock: Stock): Html {
  const facts = Object.entries(product.attributes).map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  );
  return html`${breadcrumb(product.breadcrumb, product.name)}
<article class="product">
${tile(product)}
<div>
<h1>${product.name}</h1>
<p class="price">${moneyText(product.price)}</p>
${stockLine(product, stock)}
${product.available && stock !== 0 && buyForm(product.id, stock)}
<p>${product.description}</p>
<dl>${facts}</dl>
</div>
</article>
${product.related.length > 0 && html`<h2>Others also looked at</h2>\n${cards(product.related)}`}`;
}

function stockLine({ available }: Product, stock: Stock): Html {
  if (!available) return html`<p class="stock none">Not for sale now</p>`;
  if (stock === "unknown")
    return html`<p class="soft">We can't see the shelf just now: order it, and we will tell you if it is gone.</p>`;
  if (stock === 0) return html`<p class="stock none">Out of stock</p>`;
  return html`<p class="stock">${stock <= FEW ? `Only ${stock} left` : "In stock"}</p>`;
}

function buyForm(id: string, stock: Stock): Html {
  const most = stock === "unknown" ? MAX_AT_ONCE : Math.min(stock, MAX_AT_ONCE);
  return html`<form class="buy" method="post" action="/cart/lines"><input type="hidden" name="product" value="${id}"><input type="hidden" name="add" value="1">
<div class="field"><label for="quantity">Quantity</label><input id="quantity" name="quantity" type="number" inputmode="numeric" min="1" max="${most}" value="1" required></div>
<button>Add to cart</button></form>`;
}
