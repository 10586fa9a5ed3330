import { moneyText } from "../../money.ts";
import { type Html, html } from "../look/html.ts";
import type { Bar, Steps } from "./steps.ts";

const WIDTH = 1_000;
const HEIGHT = 260;
/** A year, and the month that it began within: more names would run into each other. */
const MOST_NAMES = 13;

/** Bars of the revenue, as SVG. The table beside it says the same in words and numbers. */
export function chart({ unit, bars }: Steps): Html {
  const most = Math.max(1, ...bars.map(({ revenue }) => revenue.amount));
  const best = bars.find(({ revenue }) => revenue.amount === most);
  const step = WIDTH / Math.max(1, bars.length);
  const gap = Math.min(4, step / 4);
  const shapes = bars.map(({ label, part, revenue }, n) => {
    const height = (revenue.amount / most) * HEIGHT;
    return html`<rect x="${(n * step).toFixed(1)}" y="${(HEIGHT - height).toFixed(1)}" width="${(step - gap).toFixed(1)}" height="${height.toFixed(1)}"${part && html` class="part"`}><title>${label}: ${moneyText(revenue)}</title></rect>`;
  });
  const said =
    best === undefined
      ? "No revenue in this time"
      : `Revenue by ${unit.toLowerCase()}; the most, ${moneyText(best.revenue)}, in ${best.label}`;
  return html`<figure class="chart"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${said}">${shapes}</svg>${unit === "Month" && bars.length <= MOST_NAMES && names(bars)}
<figcaption class="soft"><span>${bars[0]?.label}</span><span>${best !== undefined && `highest: ${moneyText(best.revenue)}`}</span><span>${bars.at(-1)?.label}</span></figcaption></figure>`;
}

/** Under each bar its month, for the eye: every bar tells its name itself. */
function names(bars: readonly Bar[]): Html {
  return html`<div class="names soft" aria-hidden="true">${bars.map(({ label }) => html`<span>${label.slice(0, 3)}</span>`)}</div>`;
}
