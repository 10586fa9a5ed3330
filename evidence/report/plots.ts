import type { Bundle } from "../bundle/bundle.ts";
import { count, threeDigits } from "./figures.ts";
import { type Html, html } from "./html.ts";
import {
  type NamedDigest,
  type PlotData,
  percentilePlot,
  percentileTable,
  plotFigure,
} from "./plot-figure.ts";

type Load = NonNullable<Bundle["load"]>;

/** The plots of one run, each with a table of its numbers. */
export function plots(id: string, load: Load): Html {
  return html`<div class="plots">
${plotFigure(`${id}-p50`, "p50 of each block of 3 s", blocks(load, "p50Ms"), null)}
${plotFigure(`${id}-p95`, "p95 of each block of 3 s", blocks(load, "p95Ms"), null)}
${plotFigure(`${id}-percentiles`, "How long the slowest waited", percentilePlot(distributions(load)), percentileTable(distributions(load), "arm"))}
${plotFigure(`${id}-lateness`, "How late k6 itself was (p99)", lateness(load), null)}
</div>
<details><summary>The blocks as a table</summary>${blockTable(load)}</details>`;
}

function blocks({ digest, arms, protocol }: Load, quantile: "p50Ms" | "p95Ms"): PlotData {
  const of = (phase: "solo" | "duet", arm: "a" | "b") =>
    digest.blocks.map((block) => (block.phase === phase ? block[arm][quantile] : null));
  return {
    kind: "blocks",
    x: digest.blocks.map((block) => (block.startMs + protocol.blockMs / 2) / 1_000),
    series: [
      { label: `${arms.a} alone`, arm: "solo", y: of("solo", "a") },
      { label: arms.a, arm: "a", y: of("duet", "a") },
      { label: arms.b, arm: "b", y: of("duet", "b") },
    ],
  };
}

function distributions({ digest, arms }: Load): readonly NamedDigest[] {
  return [
    { name: `${arms.a} alone`, colour: "solo", of: digest.latency.solo },
    { name: arms.a, colour: "a", of: digest.latency.a },
    { name: arms.b, colour: "b", of: digest.latency.b },
  ];
}

function lateness({ digest, protocol }: Load): PlotData {
  return {
    kind: "lateness",
    x: digest.blocks.map((block) => (block.startMs + protocol.blockMs / 2) / 1_000),
    series: [{ label: "lateness", arm: "solo", y: digest.blocks.map((block) => block.latenessP99Ms) }],
    limitMs: protocol.instrument.latenessP99Ms,
  };
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
