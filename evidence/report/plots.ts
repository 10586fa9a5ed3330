import type { Bundle } from "../bundle/bundle.ts";
import { digestQuantileMs, type LatencyDigest } from "../bundle/latency-digest.ts";
import { count, threeDigits } from "./figures.ts";
import { type Content, type Html, html, jsonBlock } from "./html.ts";

type Load = NonNullable<Bundle["load"]>;

/** What page/plots.js draws; x is ascending, and every column is as long as x. Round numbers keep the page small. */
interface PlotData {
  readonly kind: "blocks" | "percentiles" | "lateness";
  readonly x: readonly number[];
  readonly series: readonly {
    readonly label: string;
    readonly arm: "a" | "b" | "solo";
    readonly y: (number | null)[];
  }[];
  /** Where the duet begins, in seconds. */
  readonly duetFromS?: number;
  readonly limitMs?: number;
}

/** Places on the percentile axis: even steps of −log10(1 − p), so that the tail gets as much room as the body. */
const TAIL_PLACES = Array.from({ length: 57 }, (_, i) => (i + 4) / 20);
const PERCENTILES = TAIL_PLACES.map((place) => 1 - 10 ** -place);
const TABLE_PERCENTILES = [0.5, 0.9, 0.95, 0.99, 0.999];

/** The plots of one run, each with a table of its numbers. */
export function plots(id: string, load: Load): Html {
  return html`<div class="plots">
${plot(`${id}-p50`, "p50 of each block of 3 s", blocks(load, "p50Ms"), null)}
${plot(`${id}-p95`, "p95 of each block of 3 s", blocks(load, "p95Ms"), null)}
${plot(`${id}-percentiles`, "How long the slowest waited", percentiles(load), percentileTable(load))}
${plot(`${id}-lateness`, "How late k6 itself was (p99)", lateness(load), null)}
</div>
<details><summary>The blocks as a table</summary>${blockTable(load)}</details>`;
}

function plot(id: string, title: string, data: PlotData, table: Content): Html {
  return html`<figure class="plot-figure"><figcaption id="${id}-title">${title}</figcaption>
<div class="canvas" data-plot="${id}" role="img" aria-labelledby="${id}-title"></div>${jsonBlock(id, data)}${table}</figure>`;
}

function blocks({ digest, arms, plan, protocol }: Load, quantile: "p50Ms" | "p95Ms"): PlotData {
  const half = protocol.blockMs / 2;
  // A point without values between solo and duet: no line is drawn across the warm-up, which was not measured.
  const gap = { startMs: plan.duetStartMs - half, a: null, b: null };
  const rows = [...digest.blocks, gap].sort((one, other) => one.startMs - other.startMs);
  return {
    kind: "blocks",
    x: rows.map((row) => (row.startMs + half) / 1_000),
    series: [
      { label: arms.a, arm: "a", y: rows.map((row) => row.a?.[quantile] ?? null) },
      { label: arms.b, arm: "b", y: rows.map((row) => row.b?.[quantile] ?? null) },
    ],
    duetFromS: plan.duetStartMs / 1_000,
  };
}

function percentiles({ digest, arms }: Load): PlotData {
  const curve = (of: LatencyDigest): (number | null)[] =>
    // Beyond n/(n+1) a percentile is only the largest value again.
    PERCENTILES.map((p) => (of.n * (1 - p) < 1 ? null : rounded(digestQuantileMs(of, p))));
  return {
    kind: "percentiles",
    x: TAIL_PLACES,
    series: [
      { label: `${arms.a} alone`, arm: "solo", y: curve(digest.latency.solo) },
      { label: arms.a, arm: "a", y: curve(digest.latency.a) },
      { label: arms.b, arm: "b", y: curve(digest.latency.b) },
    ],
  };
}

function lateness({ digest, protocol }: Load): PlotData {
  return {
    kind: "lateness",
    x: digest.blocks.map((block) => (block.startMs + protocol.blockMs / 2) / 1_000),
    series: [{ label: "lateness", arm: "solo", y: digest.blocks.map((block) => block.latenessP99Ms) }],
    limitMs: protocol.instrument.latenessP99Ms,
  };
}

function percentileTable({ digest, arms }: Load): Html {
  const { solo, a, b } = digest.latency;
  const row = (name: string, of: LatencyDigest): Html => html`<tr><th scope="row">${name}</th>
${TABLE_PERCENTILES.map((p) => html`<td>${of.n * (1 - p) < 1 ? "–" : threeDigits(digestQuantileMs(of, p))}</td>`)}
<td>${of.n === 0 ? "–" : threeDigits(of.maxMs)}</td></tr>`;
  return html`<div class="scroll"><table><caption>Latency by percentile, in ms</caption><thead><tr><th scope="col">arm</th>
${TABLE_PERCENTILES.map((p) => html`<th scope="col">p${String(Number((p * 100).toFixed(1)))}</th>`)}<th scope="col">most</th></tr></thead>
<tbody>${row(`${arms.a} alone`, solo)}${row(arms.a, a)}${row(arms.b, b)}</tbody></table></div>`;
}

function blockTable({ digest, arms }: Load): Html {
  const rows = digest.blocks.map((block) => {
    const cells = [block.a, block.b].map((arm) => {
      return html`<td>${count(arm.n)}</td><td>${count(arm.bad)}</td><td>${threeDigits(arm.p50Ms)}</td><td>${threeDigits(arm.p95Ms)}</td>`;
    });
    return html`<tr><th scope="row">${(block.startMs / 1_000).toFixed(0)} s</th><td>${block.phase}</td>${cells}<td>${threeDigits(block.latenessP99Ms)}</td></tr>`;
  });
  const columns = ["requests", "errors", "p50", "p95"].map((name) => html`<th scope="col">${name}</th>`);
  return html`<div class="scroll"><table class="blocks"><caption>Quantiles and lateness in ms</caption>
<thead><tr><th rowspan="2" scope="col">start</th><th rowspan="2" scope="col">phase</th><th colspan="4" scope="colgroup">${arms.a}</th>
<th colspan="4" scope="colgroup">${arms.b}</th><th rowspan="2" scope="col">lateness p99</th></tr><tr>${columns}${columns}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}
