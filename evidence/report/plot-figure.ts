import { digestQuantileMs, type LatencyDigest } from "../bundle/latency-digest.ts";
import { threeDigits } from "./figures.ts";
import { type Content, type Html, html, jsonBlock } from "./html.ts";

/** Colours of page/page.css that tell series apart. */
export type SeriesColour = "a" | "b" | "solo" | "link" | "unsure" | "good";

/** What page/plots.js draws; x is ascending, and every column is as long as x. Round numbers keep the page small. */
export interface PlotData {
  readonly kind: "blocks" | "percentiles" | "lateness" | "ramp";
  readonly x: readonly number[];
  readonly series: readonly {
    readonly label: string;
    readonly arm: SeriesColour;
    readonly y: (number | null)[];
  }[];
  readonly limitMs?: number;
  /** Where answers stop keeping up, in requests a second. */
  readonly kneeAt?: number;
}

/** Places on the percentile axis: even steps of −log10(1 − p), so that the tail gets as much room as the body. */
const TAIL_PLACES = Array.from({ length: 57 }, (_, i) => (i + 4) / 20);
const PERCENTILES = TAIL_PLACES.map((place) => 1 - 10 ** -place);
const TABLE_PERCENTILES = [0.5, 0.9, 0.95, 0.99, 0.999];

/** A distribution with the name and colour that it is drawn with. */
export interface NamedDigest {
  readonly name: string;
  readonly colour: SeriesColour;
  readonly of: LatencyDigest;
}

export function plotFigure(id: string, title: string, data: PlotData, table: Content): Html {
  return html`<figure class="plot-figure"><figcaption id="${id}-title">${title}</figcaption>
<div class="canvas" data-plot="${id}" role="img" aria-labelledby="${id}-title"></div>${jsonBlock(id, data)}${table}</figure>`;
}

export function percentilePlot(digests: readonly NamedDigest[]): PlotData {
  const series = digests.map(({ name, colour, of }) => ({
    label: name,
    arm: colour,
    // Beyond n/(n+1) a percentile is only the largest value again.
    y: PERCENTILES.map((p) => (of.n * (1 - p) < 1 ? null : rounded(digestQuantileMs(of, p)))),
  }));
  // Without this the axis would go on to percentiles that nobody has.
  const length = 1 + Math.max(...series.map(({ y }) => y.findLastIndex((value) => value !== null)), 0);
  return {
    kind: "percentiles",
    x: TAIL_PLACES.slice(0, Math.max(2, length)),
    series: series.map((one) => ({ ...one, y: one.y.slice(0, Math.max(2, length)) })),
  };
}

/** The same numbers for who does not see the plot. `what` names the rows. */
export function percentileTable(digests: readonly NamedDigest[], what: string): Html {
  const rows = digests.map(
    ({ name, of }) => html`<tr><th scope="row">${name}</th>
${TABLE_PERCENTILES.map((p) => html`<td>${of.n * (1 - p) < 1 ? "–" : threeDigits(digestQuantileMs(of, p))}</td>`)}
<td>${of.n === 0 ? "–" : threeDigits(of.maxMs)}</td></tr>`,
  );
  return html`<div class="scroll"><table><caption>Latency by percentile, in ms</caption><thead><tr><th scope="col">${what}</th>
${TABLE_PERCENTILES.map((p) => html`<th scope="col">p${String(Number((p * 100).toFixed(1)))}</th>`)}<th scope="col">most</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

export function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}
