import { count } from "../look/count.ts";
import { type Html, html } from "../look/html.ts";

/** How far a report's figures are behind those who take the orders; nothing where they are not. */
export function lagNote(lag: number | null): Html {
  if (lag === 0) return html``;
  const said =
    lag === null
      ? "Another service takes some of the orders, and how far these figures are behind it is not known just now."
      : `Another service takes some of the orders: these figures are ${count(lag, "change")} behind it.`;
  return html`<div class="note" role="status"><p>${said}</p></div>
`;
}

/** Of two reports on one page: not known is worse than any number. */
export function worstOf(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.max(one, other);
}
