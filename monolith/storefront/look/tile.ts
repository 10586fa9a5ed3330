import { type Html, html } from "./html.ts";

/** How many colours the style sheet has for tiles (`.hue-0` … ). */
export const HUES = 24;

/** In place of a photograph: the first letter of the name on the colour of the category. */
export function tile(product: { readonly name: string; readonly category: string }): Html {
  let hue = 0;
  for (const letter of product.category) hue = (hue * 31 + letter.charCodeAt(0)) % HUES;
  const [first = ""] = product.name;
  return html`<span class="tile hue-${hue}" aria-hidden="true">${first}</span>`;
}
