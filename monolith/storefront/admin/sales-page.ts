import type { BestSellersReport, SalesReport } from "@banyan/contracts/http/reports.ts";
import { dayText } from "../../day.ts";
import { moneyText } from "../../money.ts";
import { count } from "../look/count.ts";
import { type Wrong, wrongNote } from "../look/form.ts";
import { type Html, html } from "../look/html.ts";
import { productPath } from "../look/products.ts";
import { queryOf } from "../visit/asked.ts";
import { adminHead } from "./admin-head.ts";
import { chart } from "./chart.ts";
import { lagNote, worstOf } from "./lag-note.ts";
import { stepsOf } from "./steps.ts";

export interface Range {
  readonly from: string;
  readonly to: string;
}

/** A range to choose with one click. */
export interface Shortcut extends Range {
  readonly text: string;
}

export interface Sales {
  readonly sales: SalesReport;
  readonly best: BestSellersReport;
}

/** `GET /admin?from&to`: sales by day and best sellers; without `reports`, the form alone with what is wrong in it. */
export function salesPage(
  range: Range,
  shortcuts: readonly Shortcut[],
  reports: Sales | undefined,
  wrong?: Wrong,
): Html {
  return html`${adminHead("sales")}
${wrongNote(wrong, "Give two days, the first one first, at most ten years apart.")}
${rangeForm(range)}
${shortcutLinks(range, shortcuts)}
${reports !== undefined && figures(reports)}`;
}

function rangeForm({ from, to }: Range): Html {
  const input = (name: string, label: string, value: string) =>
    html`<div class="field"><label for="${name}">${label}</label><input id="${name}" name="${name}" type="date" value="${value}" required></div>`;
  return html`<form class="range" action="/admin">${input("from", "From", from)}${input("to", "To", to)}<button class="second">Show</button></form>`;
}

function shortcutLinks(range: Range, shortcuts: readonly Shortcut[]): Html {
  const links = shortcuts.map(({ from, to, text }) => {
    const here = from === range.from && to === range.to;
    return html`<li><a href="/admin${queryOf({ from, to })}"${here && html` aria-current="true"`}>${text}</a></li>`;
  });
  return html`<nav aria-label="Time"><ul class="chips">${links}</ul></nav>`;
}

function figures({ sales, best }: Sales): Html {
  const { total } = sales;
  const figure = (label: string, value: string) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;
  const steps = stepsOf(sales.days);
  return html`${lagNote(worstOf(sales.lag, best.lag))}<dl class="figures">${figure("Revenue", moneyText(total.revenue))}${figure("Orders", count(total.orders, "order"))}${figure("Sold", count(total.pieces, "piece"))}${figure("Cancelled", count(total.cancelled, "order"))}</dl>
<h2>Revenue by ${steps.unit.toLowerCase()}</h2>
${chart(steps)}
<details><summary>The same as a table</summary><div class="scroll" tabindex="0" role="region" aria-label="Revenue by ${steps.unit.toLowerCase()}"><table>
<thead><tr><th scope="col">${steps.unit}</th><th scope="col" class="number">Orders</th><th scope="col" class="number">Revenue</th></tr></thead>
<tbody>${steps.bars.map(
    ({ label, orders, revenue }) =>
      html`<tr><td>${label}</td><td class="number">${orders}</td><td class="number">${moneyText(revenue)}</td></tr>
`,
  )}</tbody></table></div></details>
<h2>Best sellers</h2>
${bestSellers(best)}`;
}

function bestSellers({ items, from, to }: BestSellersReport): Html {
  if (items.length === 0) return html`<p>Nothing was sold from ${dayText(from)} to ${dayText(to)}.</p>`;
  const most = items[0]?.pieces ?? 1;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Best sellers"><table>
<thead><tr><th scope="col">Product</th><th scope="col" class="number">Pieces</th><th scope="col" class="roomy">Share of the first</th><th scope="col" class="number">Revenue</th></tr></thead>
<tbody>${items.map(
    ({ sku, name, pieces, revenue }) =>
      html`<tr><td><a href="${productPath(sku)}">${name}</a></td><td class="number">${pieces}</td><td class="roomy"><meter max="${most}" value="${pieces}" aria-label="${name}">${pieces} of ${most}</meter></td><td class="number">${moneyText(revenue)}</td></tr>
`,
  )}</tbody></table></div>`;
}
