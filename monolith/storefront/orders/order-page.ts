import { CATALOGUE, type ErrorCode } from "@banyan/contracts/errors/catalogue.ts";
import type { Order } from "@banyan/contracts/http/orders.ts";
import { dayText } from "../../day.ts";
import { moneyText } from "../../money.ts";
import { countryName } from "../look/countries.ts";
import { type Wrong, wrongNote } from "../look/form.ts";
import { type Html, html, type Shown } from "../look/html.ts";
import { productPath } from "../look/products.ts";
import { orderPath, statusOf } from "./orders-page.ts";

export interface OrderView {
  readonly order: Order;
  /** It has just been placed. */
  readonly fresh: boolean;
  readonly wrong?: Wrong;
}

/** `GET /orders/:id`, and what a refused cancellation answers. */
export function orderPage({ order, fresh, wrong }: OrderView): Html {
  const { id, number, status, placedAt, cancelledAt, shipTo, payment } = order;
  const hasInvoice = status !== "pending" && status !== "failed";
  const goesOn = status === "pending" || status === "placed";
  return html`<h1>Order ${number}</h1>
${wrongNote(wrong, wrong?.entry.status === 409 ? "It stays as it is; below you see how it stands." : "What was begun is finished by itself; below you see how it stands.")}
${noteOf(order, fresh)}
<p>${statusOf(status)} <span class="soft">on ${dayText(cancelledAt ?? placedAt)}${cancelledAt !== null && `; the order was placed on ${dayText(placedAt)}`}</span></p>
${linesOf(order)}
<div class="split even">
<section class="sheet" aria-labelledby="to"><h2 id="to">${goesOn ? "It goes to" : "It was to go to"}</h2><address>${shipTo.name}<br>${shipTo.street}<br>${shipTo.postcode} ${shipTo.city}<br>${countryName(shipTo.country)}</address></section>
<section class="sheet" aria-labelledby="paid"><h2 id="paid">Payment</h2><p>Card ending in ${payment.cardLast4}: ${PAYMENT_TEXT[payment.status]}.</p></section>
</div>
<div class="actions">${hasInvoice && html`<a class="button" href="${orderPath(id)}/invoice">Invoice (PDF)</a>`}${status === "failed" && html`<a class="button" href="/cart">Back to the cart</a>`}<a href="/orders">All your orders</a></div>
${status === "placed" && cancelForm(id)}`;
}

const PAYMENT_TEXT: Readonly<Record<Order["payment"]["status"], string>> = {
  pending: "being asked for",
  charged: "paid",
  refunded: "given back",
  none: "not charged",
};

/** What the customer should know first. */
function noteOf({ status, failure }: Order, fresh: boolean): Shown {
  switch (status) {
    case "pending":
      return html`<div class="note" role="status"><p>Your order is being paid. It needs nothing from you: this page looks again by itself until it is done.</p></div>`;
    case "placed":
      return (
        fresh &&
        html`<div class="note" role="status"><p>Thank you! Your order was placed, and a mail is on its way to you.</p></div>`
      );
    case "cancelling":
      return html`<div class="note" role="status"><p>It is being cancelled: your money is on its way back to the card. That is finished by itself.</p></div>`;
    case "failed":
      return html`<div class="note wrong" role="alert"><h2>This was not ordered</h2><p>${failureText(failure)}</p></div>`;
    case "cancelled":
      return undefined;
  }
}

/** Why, in the shop's own words where it has some. */
function failureText(failure: Order["failure"]): string {
  const code = failure?.code ?? "";
  const title = Object.hasOwn(CATALOGUE, code)
    ? CATALOGUE[code as ErrorCode].title
    : "It could not be finished";
  return `${title}. Nothing was ordered, and what may have been charged is given back.`;
}

function linesOf({ lines, total }: Order): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="What was ordered"><table>
<thead><tr><th scope="col">Product</th><th scope="col" class="number roomy">Each</th><th scope="col" class="number">Quantity</th><th scope="col" class="number">Sum</th></tr></thead>
<tbody>${lines.map(
    ({ sku, name, unitPrice, quantity, lineTotal }) =>
      html`<tr><td><a href="${productPath(sku)}">${name}</a></td><td class="number roomy">${moneyText(unitPrice)}</td><td class="number">${quantity}</td><td class="number">${moneyText(lineTotal)}</td></tr>
`,
  )}</tbody>
<tfoot><tr><th scope="row">Total</th><td class="roomy"></td><td></td><td class="number price">${moneyText(total)}</td></tr></tfoot></table></div>`;
}

/** Behind one more click, since it can't be undone. */
function cancelForm(id: string): Html {
  return html`<details><summary>Cancel this order</summary><p>You get your money back on the same card. This can't be undone.</p>
<form method="post" action="${orderPath(id)}/cancel"><button class="bad">Cancel the order</button></form></details>`;
}
