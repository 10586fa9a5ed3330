import type { Order } from "@banyan/contracts/http/orders.ts";
import { COMPANY } from "../company.ts";
import { moneyText } from "../money.ts";

/*
 * The HTML of mails: tables and inline styles, because mail programs know little else. No pictures, no links that
 * tell who opened it.
 */

const INK = "#26241f";
const GREEN = "#2f5d3a";
const RULE = "1px solid #e3ddd0";
const CELL = `padding:8px 0;border-bottom:${RULE};vertical-align:top`;

/** A whole HTML document. `title` and `sender` are plain text, `parts` are HTML. */
export function wholeMail(title: string, parts: readonly string[], sender: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title></head>
<body style="margin:0;padding:24px;background:#faf8f4;color:${INK};font:16px/1.5 Helvetica,Arial,sans-serif">
<div style="max-width:600px;margin:0 auto;padding:24px;background:#fff;border:${RULE}">
<p style="margin:0 0 16px;font:700 24px Georgia,serif;color:${GREEN}">${escaped(COMPANY.name)}</p>
${parts.join("\n")}
<p style="margin:24px 0 0;font-size:13px;color:#635d50">${escaped(sender)}</p>
</div></body></html>
`;
}

/** A paragraph of these lines of plain text. */
export function paragraph(...lines: readonly string[]): string {
  return `<p style="margin:0 0 16px">${lines.map(escaped).join("<br>")}</p>`;
}

/** The lines of an order with their total. */
export function orderTable(order: Order): string {
  const rows = order.lines.map(
    ({ quantity, name, lineTotal }) =>
      `<tr><td style="${CELL}">${quantity} × ${escaped(name)}</td>` +
      `<td style="${CELL};text-align:right;white-space:nowrap">${escaped(moneyText(lineTotal))}</td></tr>`,
  );
  const total =
    `<tr><th scope="row" style="padding:8px 0;text-align:left">Total</th>` +
    `<td style="padding:8px 0;text-align:right;font-weight:700">${escaped(moneyText(order.total))}</td></tr>`;
  return `<table style="width:100%;border-collapse:collapse;margin:0 0 16px">\n${rows.join("\n")}\n${total}\n</table>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
