import type { Cart } from "@banyan/contracts/http/cart.ts";
import type { Address } from "@banyan/contracts/http/orders.ts";
import { moneyText } from "../../money.ts";
import { COUNTRIES } from "../look/countries.ts";
import { choice, field, type Wrong, wrongNote } from "../look/form.ts";
import { type Html, html, type Shown } from "../look/html.ts";

const LABELS = {
  "shipTo.name": "Name",
  "shipTo.street": "Street and number",
  "shipTo.postcode": "Postcode",
  "shipTo.city": "Town",
  "shipTo.country": "Country",
  "card.number": "Card number",
  "card.expiry": "Valid until",
  "card.cvc": "Security code",
};

export interface CheckoutForm {
  readonly cart: Cart;
  /** As it was typed. */
  readonly shipTo: Address;
  /** The idempotency key of whoever sends this form. */
  readonly key: string;
}

/** `GET /checkout`, and what a refused order answers. A card's number is never sent back. */
export function checkoutPage({ cart, shipTo, key }: CheckoutForm, wrong?: Wrong): Html {
  if (cart.lines.length === 0) {
    return html`<h1>Checkout</h1>${wrongNote(wrong, saidOf(wrong))}<p>Your cart is empty.</p><div class="actions"><a class="button" href="/search">Look at all products</a><a href="/orders">Your orders</a></div>`;
  }
  return html`<h1>Checkout</h1>
${wrongNote(wrong, saidOf(wrong), LABELS)}
<div class="split">
${summary(cart)}
<form class="form" method="post" action="/checkout">
<input type="hidden" name="expect.amount" value="${cart.total.amount}"><input type="hidden" name="expect.currency" value="${cart.total.currency}"><input type="hidden" name="key" value="${key}">
${addressFields(shipTo, wrong)}
${cardFields(wrong)}
<div><button>Order and pay ${moneyText(cart.total)}</button></div>
</form>
</div>`;
}

function addressFields({ name, street, postcode, city, country }: Address, wrong: Wrong): Html {
  const line = (
    key: "name" | "street" | "postcode" | "city",
    value: string,
    autocomplete: string,
    maxlength: number,
  ) =>
    field({ name: `shipTo.${key}`, label: LABELS[`shipTo.${key}`], value, autocomplete, maxlength }, wrong);
  return html`<fieldset><legend>Where shall it go?</legend>
${line("name", name, "shipping name", 120)}
${line("street", street, "shipping street-address", 120)}
<div class="pair">${line("postcode", postcode, "shipping postal-code", 16)}${line("city", city, "shipping address-level2", 80)}</div>
${choice({ name: "shipTo.country", label: LABELS["shipTo.country"], value: country, autocomplete: "shipping country", options: COUNTRIES }, wrong)}
</fieldset>`;
}

function cardFields(wrong: Wrong): Html {
  return html`<fieldset><legend>How do you pay?</legend>
${field({ name: "card.number", label: LABELS["card.number"], autocomplete: "cc-number", inputmode: "numeric", maxlength: 40, hint: "A demonstration: 4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined." }, wrong)}
<div class="pair">${field({ name: "card.expiry", label: LABELS["card.expiry"], autocomplete: "cc-exp", maxlength: 5, hint: "MM/YY" }, wrong)}${field({ name: "card.cvc", label: LABELS["card.cvc"], autocomplete: "cc-csc", inputmode: "numeric", maxlength: 4, hint: "Three or four digits" }, wrong)}</div>
</fieldset>`;
}

/** Before the button that pays, for whoever reads from top to bottom; a wide window shows it beside the form. */
function summary({ lines, total }: Cart): Html {
  const rows = lines.map(
    ({ product, quantity, lineTotal }) =>
      html`<div><dt>${quantity} × ${product.name}</dt><dd class="number">${moneyText(lineTotal)}</dd></div>`,
  );
  return html`<section class="sheet aside" aria-labelledby="sum"><h2 id="sum">Your order</h2><dl class="sums">${rows}</dl>
<p class="sum"><span>Total</span><span class="number">${moneyText(total)}</span></p><p><a href="/cart">Change the cart</a></p></section>`;
}

/** What to do now. Nothing was ordered or charged, unless it says that this is not known yet. */
function saidOf(wrong: Wrong): Shown {
  switch (wrong?.code) {
    case "BYN-SHOP-002":
      return "Mend these fields; nothing was ordered.";
    case "BYN-SHOP-012":
      return html`${wrong.detail}. <a href="/cart">Take it out of the cart</a>; nothing was ordered.`;
    case "BYN-SHOP-013":
      return "Perhaps it was ordered already: look at your orders.";
    case "BYN-SHOP-014":
      return "The total below is the new one. Order again if it suits you; nothing was ordered or charged.";
    case "BYN-SHOP-015":
      return html`${wrong.mistakes.map(({ message }) => html`${message}. `)}<a href="/cart">Take less of it</a>; nothing was ordered or charged.`;
    case "BYN-SHOP-016":
      return "Pay with another card; nothing was ordered.";
    case "BYN-SHOP-017":
      return "Try again in a moment: nothing was ordered, and a charge that came late is given back.";
    case "BYN-SHOP-028":
      return "Order again: it took so long that what was reserved went back into stock; nothing is charged.";
    case "BYN-SHOP-029":
      return html`Another order of yours is being paid just now: <a href="/orders">look at your orders</a> first. Nothing more was ordered.`;
    case "BYN-SHOP-031":
      return html`Your order is still being worked on: <a href="/orders">look at your orders</a>, or send this form again in a moment. It is ordered once.`;
    case "BYN-SHOP-032":
      return "Try again in a moment. It is ordered once, however often you send this form.";
    case "BYN-DATA-021":
      return html`This form was sent before with something else in it: <a href="/orders">look at your orders</a>, then order again if it suits you.`;
    default:
      return wrong?.detail;
  }
}
