import { type Cart, type CartLine, MAX_QUANTITY } from "@banyan/contracts/http/cart.ts";
import { moneyText } from "../../money.ts";
import { count } from "../look/count.ts";
import { type Wrong, wrongNote } from "../look/form.ts";
import { type Html, html } from "../look/html.ts";
import { productPath } from "../look/products.ts";
import { tile } from "../look/tile.ts";

/** `GET /cart`, and what a refused change of it answers. */
export function cartPage({ lines, total, items }: Cart, wrong?: Wrong): Html {
  const note = wrongNote(wrong, saidOf(wrong));
  if (lines.length === 0) {
    return html`<h1>Your cart</h1>${note}<p>It is empty.</p><div class="actions"><a class="button" href="/search">Look at all products</a></div>`;
  }
  return html`<h1>Your cart</h1>
${note}
<div class="split"><section class="sheet" aria-label="What is in it"><ul class="lines">
${lines.map(lineOf)}</ul></section>
<section class="sheet" aria-labelledby="sum"><h2 id="sum">Summary</h2>
<p>${count(items, "item")}, VAT included, delivery free.</p>
<p class="sum"><span>Total</span><span class="number">${moneyText(total)}</span></p>
<div class="actions"><a class="button" href="/checkout">Go to checkout</a><a href="/search">Go on shopping</a></div>
</section></div>`;
}

function saidOf(wrong: Wrong): string | undefined {
  switch (wrong?.code) {
    case "BYN-SHOP-002":
      return `A quantity is a number from 1 to ${MAX_QUANTITY}; the cart is as it was.`;
    case "BYN-SHOP-003":
      return "The product is gone; the cart is as it was.";
    case "BYN-SHOP-012":
      return "It was not put into the cart. Look for something like it.";
    default:
      return wrong?.detail;
  }
}

function lineOf({ product, quantity, lineTotal }: CartLine): Html {
  const id = `quantity-${product.id}`;
  const which = html`<input type="hidden" name="product" value="${product.id}">`;
  return html`<li>${tile(product)}
<div><h2><a href="${productPath(product.id)}">${product.name}</a></h2><p class="soft">${moneyText(product.price)} each${
    !product.available && html` · <span class="stock none">not for sale now</span>`
  }</p></div>
<p class="number price">${moneyText(lineTotal)}</p>
<div class="act"><form method="post" action="/cart/lines">${which}<label class="hidden" for="${id}">Quantity of ${product.name}</label><input id="${id}" name="quantity" type="number" inputmode="numeric" min="1" max="${MAX_QUANTITY}" value="${quantity}" required><button class="second">Update</button></form>
<form method="post" action="/cart/lines">${which}<input type="hidden" name="quantity" value="0"><button class="plain">Remove<span class="hidden"> ${product.name}</span></button></form></div></li>
`;
}
