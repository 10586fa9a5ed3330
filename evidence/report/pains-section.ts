import { digestQuantileMs, type LatencyDigest } from "../bundle/latency-digest.ts";
import { LIMIT_WORDS } from "../pains/knee.ts";
import type { EffectRecord, PainsRecord } from "../pains/record.ts";
import type { PainKind } from "../pains/samples.ts";
import { shareOf } from "../pains/summary.ts";
import { expectationTable } from "./expectation-table.ts";
import { bytes, count, millis, moment, threeDigits } from "./figures.ts";
import { type Html, html } from "./html.ts";
import {
  type NamedDigest,
  type PlotData,
  percentilePlot,
  percentileTable,
  plotFigure,
  rounded,
  type SeriesColour,
} from "./plot-figure.ts";

const WITH: Record<PainKind, string> = {
  invoices: "with an invoice a second",
  reports: "with one report at a time",
  checkouts: "with one checkout at a time",
};
const HURTS: Record<PainKind, string> = {
  invoices: "Invoices: a PDF drawn in the request",
  reports: "Reports: a connection held for as long as they take",
  checkouts: "Checkouts: card and mail server are waited for inside",
};
const PART_COLOURS: readonly SeriesColour[] = ["link", "a", "b", "unsure", "good"];

/** What hurts the shop as it was, each pain with its number and a plot; from one record. */
export function painsSection(record: PainsRecord, earlier: number): Html {
  const { id, machine, everyonePerSecond, blockMs, effects } = record;
  return html`<section aria-labelledby="pains"><h2 id="pains">What hurts the shop as it was</h2>
<p class="note">Measured ${moment(record.startedAt)} at the monolith itself: ${count(everyonePerSecond)} requests/s of everyone, and in turns of
${threeDigits(blockMs / 1_000)} s somebody who asks for what hurts. It belongs to no step and opens no gate.
${machine.cpuModel}, ${machine.cores} cores, ${bytes(machine.memoryBytes)}.${earlier === 0 ? null : ` ${earlier} earlier measurements are not shown.`}</p>
${expectationTable(record.expected)}
${wrongAnswers(record)}
${effects.map((effect) => effectPart(id, effect))}
${checkoutPart(record)}${looksPart(record)}${rampPart(record)}</section>`;
}

function wrongAnswers({ wrong, refused }: PainsRecord): Html | null {
  const all = Object.entries(wrong);
  if (all.length === 0 && refused === 0) return null;
  const said = all.map(([what, n]) => html`<li class="bad">${count(n)} × ${what}</li>`);
  const sold =
    refused === 0 ? null : html`<li>${count(refused)} checkouts refused: sold out or not for sale</li>`;
  return html`<h3>Answers that were not as they should be</h3><ul>${said}${sold}</ul>`;
}

function effectPart(id: string, effect: EffectRecord): Html {
  const { kind, quiet, disturbed, p99Ratio, own, pool, thread } = effect;
  const everyone: NamedDigest[] = [
    { name: "everyone, undisturbed", colour: "solo", of: quiet },
    { name: `everyone, ${WITH[kind]}`, colour: "a", of: disturbed },
  ];
  const waits: NamedDigest[] = [
    { name: "thread alone, undisturbed", colour: "solo", of: thread.quiet },
    { name: `thread alone, ${WITH[kind]}`, colour: "b", of: thread.disturbed },
    { name: "pool and SELECT 1, undisturbed", colour: "link", of: pool.quiet },
    { name: `pool and SELECT 1, ${WITH[kind]}`, colour: "a", of: pool.disturbed },
  ];
  const { estimate, lower, upper } = p99Ratio;
  const bound = (value: number | null) => (value === null ? "unknown" : value.toFixed(2));
  return html`<h3>${HURTS[kind]}</h3>
<p>p99 of everyone: <b>${p(quiet, 0.99)}</b> undisturbed, <b>${p(disturbed, 0.99)}</b> ${WITH[kind]}; block against its neighbours
× <b>${bound(estimate)}</b> (${bound(lower)} to ${bound(upper)}, each bound at 5 %). One by itself took ${p(own, 0.5)} (p50 of ${count(own.n)}).</p>
<div class="plots">${figure(`pains-${id}-${kind}`, `Everyone, undisturbed and ${WITH[kind]}`, everyone, "who")}
${figure(`pains-${id}-${kind}-waits`, "What is waited for: the thread, and a connection of the pool", waits, "what")}</div>`;
}

function checkoutPart({ id, checkout }: PainsRecord): Html {
  const whole: NamedDigest = { name: "the whole checkout", colour: "solo", of: checkout.whole };
  const parts = checkout.parts.map(
    ({ name, latency }, n): NamedDigest => ({
      name,
      colour: PART_COLOURS[n % PART_COLOURS.length] ?? "a",
      of: latency,
    }),
  );
  const mail = shareOf(checkout, "mail");
  const said =
    mail === null
      ? html`<p>The shop did not say how long the parts of a checkout took (no <code>Server-Timing</code>).</p>`
      : html`<p>Of a checkout's ${p(checkout.whole, 0.5)} (p50), the mail takes <b>${Math.round(mail * 100)} %</b>, while the order's
transaction, its rows and a connection are held.</p>`;
  return html`<h3>Mail inside checkout</h3>${said}
<div class="plots">${figure(`pains-${id}-parts`, "A checkout and its parts, by its own Server-Timing", [whole, ...parts], "part")}</div>`;
}

function looksPart({ id, looks }: PainsRecord): Html {
  const shown: NamedDigest[] = [
    { name: "product by id", colour: "b", of: looks.product },
    { name: "search", colour: "a", of: looks.search },
  ];
  return html`<h3>A search that scans</h3><p>p50 of a search <b>${p(looks.search, 0.5)}</b>, of a product by its id <b>${p(looks.product, 0.5)}</b>,
in the same undisturbed seconds.</p><div class="plots">${figure(`pains-${id}-looks`, "A search and a product by its id", shown, "look")}</div>`;
}

function rampPart({ id, ramp }: PainsRecord): Html {
  const { steps, kneePerSecond, keptUpPerSecond, because, limit } = ramp;
  const of = (read: (step: (typeof steps)[number]) => number | null) =>
    steps.map((step) => rounded(read(step)));
  const data: PlotData = {
    kind: "ramp",
    x: steps.map(({ targetPerSecond }) => targetPerSecond),
    series: [
      { label: "p50", arm: "b", y: of(({ p50Ms }) => p50Ms) },
      { label: "p95", arm: "a", y: of(({ p95Ms }) => p95Ms) },
      { label: "p99", arm: "solo", y: of(({ p99Ms }) => p99Ms) },
    ],
    ...(kneePerSecond === null ? {} : { kneeAt: kneePerSecond }),
  };
  const kept = keptUpPerSecond === null ? "not even the first step" : `${count(keptUpPerSecond)} requests/s`;
  const said =
    kneePerSecond === null
      ? html`<p>Kept up with ${kept} of the journeys' mix: ${because}, so the shop's capacity is not known.</p>`
      : html`<p>Kept up with <b>${kept}</b> of the journeys' mix; at ${count(kneePerSecond)} ${because}. ${limit === null ? null : LIMIT_WORDS[limit]}${coresAt(steps, kneePerSecond)}</p>`;
  return html`<h3>Capacity of the whole</h3>${said}
<div class="plots">${plotFigure(`pains-${id}-ramp`, "Latency while the offered load rises", data, rampTable(steps))}</div>`;
}

/** Who used the machine at the knee; nothing where the system does not tell. */
function coresAt(steps: PainsRecord["ramp"]["steps"], kneePerSecond: number): string {
  const step = steps.find(({ targetPerSecond }) => targetPerSecond === kneePerSecond);
  if (step === undefined || step.shopCores === null || step.generatorCores === null) return "";
  return ` Of a core's time, the shop's process took ${step.shopCores.toFixed(2)} and the generator ${step.generatorCores.toFixed(2)}.`;
}

function rampTable(steps: PainsRecord["ramp"]["steps"]): Html {
  const cores = (value: number | null) => (value === null ? "–" : value.toFixed(2));
  const rows = steps.map(
    (
      step,
    ) => html`<tr><th scope="row">${count(step.targetPerSecond)}</th><td>${count((step.answered * 1_000) / step.durationMs)}</td>
<td>${threeDigits(step.p50Ms)}</td><td>${threeDigits(step.p95Ms)}</td><td>${threeDigits(step.p99Ms)}</td><td>${count(step.dropped)}</td>
<td>${count(step.wrong)}</td><td>${threeDigits(step.latenessP99Ms)}</td><td>${cores(step.shopCores)}</td><td>${cores(step.generatorCores)}</td>
<td>${step.machineRatio === null ? "–" : `${Math.round(step.machineRatio * 100)} %`}</td></tr>`,
  );
  const columns = [
    "offered/s",
    "answered/s",
    "p50",
    "p95",
    "p99",
    "dropped journeys",
    "wrong",
    "generator late (p99)",
    "cores: shop",
    "cores: generator",
    "machine busy",
  ];
  return html`<div class="scroll"><table><caption>Steps of the ramp, times in ms</caption><thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function figure(id: string, title: string, digests: readonly NamedDigest[], what: string): Html {
  return plotFigure(id, title, percentilePlot(digests), percentileTable(digests, what));
}

function p(digest: LatencyDigest, q: number): string {
  return millis(digestQuantileMs(digest, q));
}
