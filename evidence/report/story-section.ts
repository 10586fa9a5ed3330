import type { Bundle } from "../bundle/bundle.ts";
import type { Measure, Metric } from "../duet/verdict.ts";
import type { EntryOf, LedgerEntry } from "../ledger/entry.ts";
import {
  clock,
  count,
  equalOf,
  errorShare,
  interval,
  moment,
  onScale,
  stepTitle,
  towardsMargin,
} from "./figures.ts";
import { trackOf, verdictChip } from "./forest.ts";
import { type Content, type Html, html } from "./html.ts";
import { axisOf, intervalTrack } from "./interval-track.ts";
import type { Rung, RungState, Story } from "./story.ts";

const STATE: Record<RungState, string> = {
  taken: "taken",
  rehearsed: "taken, and taken back once in rehearsal",
  "taken-back": "taken back",
  "not-taken": "not taken",
};

/** One capability at a glance: how far it is, its ladder, and a table of rungs. */
export function storySection(story: Story, amongOthers: boolean): Html {
  const title = amongOthers ? `${story.capability}: ${story.headline}` : "The ladder";
  return html`<section class="story" aria-label="${story.capability}"><p class="lead">${lead(story)}</p>
<h2>${title}</h2>${ladder(story)}${rungTable(story)}</section>`;
}

/** Where it stands, in two sentences. */
function lead({ rungs, capability }: Story): Html {
  const taken = rungs.filter(({ state }) => state === "taken" || state === "rehearsed").length;
  const last = rungs
    .flatMap((rung) => rung.tries.map(({ entry }) => ({ entry, title: rung.title })))
    .reduce<{ entry: EntryOf<"evidence">; title: string } | null>((latest, of) => {
      return latest === null || of.entry.seq > latest.entry.seq ? of : latest;
    }, null);
  const then =
    last === null
      ? "No evidence was taken."
      : html`Last measured: ${last.title}, ${verdictChip(last.entry.body.verdict)} ${last.entry.body.reason}.`;
  return html`${taken} of ${rungs.length} measured steps of ${capability} taken. ${then}`;
}

function ladder({ rungs, percentage }: Story): Html {
  const steps = rungs.map((rung) => {
    const here = rung.state !== "not-taken" && rung.state !== "taken-back" && rung.percentage === percentage;
    const chip =
      rung.verdict === null ? html`<span class="chip none">no evidence</span>` : verdictChip(rung.verdict);
    return html`<li class="${rung.state}"${here ? html` aria-current="step"` : null}>
<span class="rung">${rung.title}</span>${chip}<small>${STATE[rung.state]}</small></li>`;
  });
  return html`<ol class="ladder">${steps}</ol>`;
}

function rungTable({ rungs, capability }: Story): Html {
  const latest = rungs.map((rung) => rung.tries.at(-1)?.bundle?.load?.verdict ?? null);
  const tracks = latest.flatMap((verdict) => (verdict?.measures ?? []).map(placed));
  const axis = axisOf(tracks);
  const body = rungs.map((rung) => rungRow(rung, axis));
  return html`<div class="scroll"><table class="rungs">
<caption>Rungs of ${capability}, the last try of each</caption>
<thead><tr><th scope="col">step</th><th scope="col">verdict</th><th scope="col">p50</th><th scope="col">p95</th>
<th scope="col">errors</th><th scope="col">requests</th><th scope="col">tries</th></tr></thead>
<tbody>${body}</tbody></table></div>
<p class="note">p50 and p95: the extracted side over the monolith (1.00 is equal, lower is faster), or the difference in
milliseconds for a façade, with the interval that the pass was judged by. Errors and requests: first the reference, then the candidate.
In the drawings the solid line is no difference and the dashed one the margin: what reaches past it can't pass.</p>`;
}

function rungRow(rung: Rung, axis: readonly [number, number]): Html {
  const last = rung.tries.at(-1);
  const load = last?.bundle?.load ?? null;
  const cell = (label: string, content: Content): Html => html`<td data-label="${label}">${content}</td>`;
  const measured = (metric: Metric): Html => {
    const measure = load?.verdict.measures.find((of) => of.metric === metric);
    if (measure === undefined) return cell(metric, "–");
    const numbers = html`<span class="number"><b>${onScale(measure.estimate, measure.scale)}</b>
<small>${interval(measure.pass, measure.scale)}</small></span>`;
    return cell(metric, html`${numbers}${intervalTrack(placed(measure), axis)}`);
  };
  const errors = load?.verdict.errors;
  const link =
    last === undefined ? rung.title : html`<a href="#bundle-${last.entry.body.bundle.id}">${rung.title}</a>`;
  const verdict = rung.verdict === null ? "none yet" : verdictChip(rung.verdict);
  return html`<tr><th scope="row">${link}<small>${STATE[rung.state]}</small></th>${cell("verdict", verdict)}
${measured("p50")}${measured("p95")}
${cell("errors", errors === undefined ? "–" : `${errorShare(errors.a)} / ${errorShare(errors.b)}`)}
${cell("requests", errors === undefined ? "–" : `${count(errors.a.n)} / ${count(errors.b.n)}`)}
${cell("tries", triesText(rung))}</tr>`;
}

/** A verdict has its tries per kind of evidence: those of the last kind taken, which is the one shown beside. */
function triesText({ tries: all }: Rung): string {
  const kind = all.at(-1)?.entry.body.bundle.kind;
  const tries = all.filter(({ entry }) => entry.body.bundle.kind === kind);
  const earlier = tries.slice(0, -1).map(({ entry }) => entry.body.verdict);
  return earlier.length === 0 ? String(tries.length) : `${tries.length} (before: ${earlier.join(", ")})`;
}

function placed(measure: Measure): ReturnType<typeof trackOf> {
  return trackOf(measure, (value) => towardsMargin(value, equalOf(measure), measure.margin));
}

/** The ledger in sentences, oldest first. */
export function timeline(entries: readonly LedgerEntry[], bundles: readonly Bundle[]): Html {
  const known = new Set(bundles.map(({ id }) => id));
  const items = entries.map((entry) => {
    const { at, seq, kind } = entry;
    return html`<li class="${kind}"><span class="seq">${seq}</span> <time datetime="${at}" title="${moment(at)}">${clock(at)}</time>
<span>${sentence(entry, known)}</span></li>`;
  });
  return html`<ol class="timeline">${items}</ol>`;
}

function sentence({ kind, body }: LedgerEntry, known: ReadonlySet<string>): Html {
  switch (kind) {
    case "evidence": {
      const { id, kind: of } = body.bundle;
      const title =
        body.key === null ? of : `${body.key.capability} ${stepTitle({ ...body.key, name: body.key.step })}`;
      const shown = known.has(id)
        ? html`<a href="#bundle-${id}">${title}</a>`
        : html`${title} (bundle ${id} is not here)`;
      return html`${verdictChip(body.verdict)} ${of} for ${shown}, try ${body.attempt}: ${body.reason}`;
    }
    case "step":
      return html`<b>${body.key.capability}</b> took ${stepTitle({ ...body.key, name: body.key.step })}: from ${body.from} % to <b>${body.to} %</b>`;
    case "rollback":
      return html`<b>${body.capability}</b> went back from ${body.from} % to <b>${body.to} %</b>${body.rehearsal ? " in rehearsal" : null}: ${body.why}`;
    case "manual":
      return html`<b>${body.capability}</b> was moved by hand${body.by === null ? null : ` by ${body.by}`} from ${percentOf(body.from)} to <b>${percentOf(body.to)}</b>: ${body.what}`;
    case "note":
      return html`${body.text}`;
  }
}

function percentOf(value: number | null): string {
  return value === null ? "unknown" : `${value} %`;
}
