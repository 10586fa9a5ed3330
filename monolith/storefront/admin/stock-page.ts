import type { StockReport } from "@banyan/contracts/http/reports.ts";
import { moneyText } from "../../money.ts";
import { count } from "../look/count.ts";
import { type Html, html } from "../look/html.ts";
import { pager } from "../look/pager.ts";
import { productPath } from "../look/products.ts";
import { adminHead } from "./admin-head.ts";
import { lagNote } from "./lag-note.ts";

/** `GET /admin/stock?page=` */
export function stockPage(report: StockReport): Html {
  const { skus, soldOut, pieces, value } = report.summary;
  const figure = (label: string, text: string) => html`<div><dt>${label}</dt><dd>${text}</dd></div>`;
  return html`${adminHead("stock")}
${lagNote(report.lag)}<dl class="figures">${figure("Products", count(skus, "product"))}${figure("Sold out", count(soldOut, "product"))}${figure("On the shelves", count(pieces, "piece"))}${figure("Worth", moneyText(value))}</dl>
<h2>What runs out first</h2>
<div class="scroll" tabindex="0" role="region" aria-label="What runs out first"><table>
<thead><tr><th scope="col">Product</th><th scope="col" class="number">On hand</th><th scope="col" class="number roomy">Sold in 30 days</th><th scope="col" class="number">Lasts</th><th scope="col" class="number roomy">Worth</th></tr></thead>
<tbody>${report.items.map(
    ({ sku, name, onHand, soldIn30Days, daysLeft, value: worth }) =>
      html`<tr><td><a href="${productPath(sku)}">${name}</a></td><td class="number">${onHand}</td><td class="number roomy">${soldIn30Days}</td><td class="number">${daysLeft === null ? "–" : count(daysLeft, "day")}</td><td class="number roomy">${moneyText(worth)}</td></tr>
`,
  )}</tbody></table></div>
${pager("/admin/stock", {}, report)}`;
}
