import { type Html, html } from "../look/html.ts";

/** Heading and tabs of the pages for those who run the shop. */
export function adminHead(here: "sales" | "stock"): Html {
  const tab = (name: typeof here, path: string, text: string) =>
    html`<li><a href="${path}"${name === here && html` aria-current="page"`}>${text}</a></li>`;
  return html`<h1>Reports</h1>
<nav aria-label="Reports"><ul class="chips">${tab("sales", "/admin", "Sales")}${tab("stock", "/admin/stock", "Stock")}</ul></nav>`;
}
