import type { OrderPage, OrderSummary } from "@banyan/contracts/http/orders.ts";
import { dayText } from "../../day.ts";
import { moneyText } from "../../money.ts";
import { type Html, html } from "../look/html.ts";
import { pager } from "../look/pager.ts";

export function orderPath(id: string): string {
  return `/orders/${encodeURIComponent(id)}`;
}

/** `GET /orders?page=` */
export function ordersPage(orders: OrderPage): Html {
  if (orders.total === 0) {
    return html`<h1>Your orders</h1><p>There are none yet.</p><div class="actions"><a class="button" href="/search">Look at all products</a></div>`;
  }
  return html`<h1>Your orders</h1>
<div class="scroll" tabindex="0" role="region" aria-label="Your orders"><table>
<thead><tr><th scope="col">Order</th><th scope="col">Placed</th><th scope="col">Status</th><th scope="col" class="number">Total</th></tr></thead>
<tbody>${orders.items.map(
    ({ id, number, placedAt, status, total }) =>
      html`<tr><td><a href="${orderPath(id)}">${number}</a></td><td>${dayText(placedAt)}</td><td>${statusOf(status)}</td><td class="number">${moneyText(total)}</td></tr>
`,
  )}</tbody></table></div>
${pager("/orders", {}, orders)}`;
}

const STATUS_TEXT: Readonly<Record<OrderSummary["status"], string>> = {
  pending: "Being paid",
  placed: "Placed",
  cancelling: "Being cancelled",
  cancelled: "Cancelled",
  failed: "Not ordered",
};

export function statusOf(status: OrderSummary["status"]): Html {
  const isOn = status === "placed" || status === "pending";
  return html`<span class="status${!isOn && " off"}">${STATUS_TEXT[status]}</span>`;
}
