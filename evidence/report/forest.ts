import type { Verdict } from "../duet/verdict.ts";
import { percent, points } from "../duet/words.ts";
import {
  equalOf,
  errorShare,
  interval,
  millis,
  OUTCOME_SIGN,
  onScale,
  pointsInterval,
  pointsOrUnknown,
  towardsMargin,
} from "./figures.ts";
import { type Content, type Html, html } from "./html.ts";
import { axisOf, intervalTrack, type Track, trackAxis } from "./interval-track.ts";

interface Row {
  readonly name: string;
  readonly track: Track;
  readonly a: string;
  readonly b: string;
  readonly estimate: string;
  readonly interval: string;
  readonly margin: string;
  readonly note: string;
}

/** Every measure of a verdict on one axis: where it is, how sure that is, and where the margin stands. */
export function forest(verdict: Verdict, arms: { readonly a: string; readonly b: string }): Html {
  const rows = rowsOf(verdict);
  const axis = axisOf(rows.map((row) => row.track));
  const { pass, fail, tries, looks } = verdict.levels;
  return html`<div class="scroll"><table class="forest">
<caption>${arms.b} against ${arms.a}: each measure with its interval</caption>
<thead><tr><th scope="col">measure</th><th scope="col">${arms.a}</th><th scope="col">${arms.b}</th>
<th scope="col">difference</th><th scope="col">interval</th><th scope="col">allowed</th><th scope="col">alone says</th>
<th scope="col" class="plot"><span class="hidden">interval against margin, drawn</span></th></tr></thead>
<tbody>${rows.map((row) => tableRow(row, axis, arms))}</tbody>
<tfoot><tr><td colspan="7" class="note">Thick: one-sided bounds at ${percent(pass)} (pass). Thin: at ${percent(fail)} (fail).
Each is a whole verdict's α over ${tries} tries and ${looks} looks.</td><td class="plot">${trackAxis(axis)}</td></tr></tfoot>
</table></div>`;
}

function tableRow(row: Row, axis: readonly [number, number], arms: { a: string; b: string }): Html {
  const cell = (label: string, content: Content): Html => html`<td data-label="${label}">${content}</td>`;
  return html`<tr><th scope="row">${row.name}</th>${cell(arms.a, row.a)}${cell(arms.b, row.b)}
${cell("difference", html`<b>${row.estimate}</b>`)}${cell("interval", row.interval)}${cell("allowed", row.margin)}
${cell("alone says", html`${row.track.outcome}${row.note === "" ? null : html` <small>${row.note}</small>`}`)}
<td class="plot">${intervalTrack(row.track, axis)}<div class="phone">${trackAxis(axis)}</div></td></tr>`;
}

function rowsOf({ measures, errors }: Verdict): Row[] {
  const latency = measures.map((measure): Row => {
    const { scale, margin } = measure;
    const place = (value: number | null): number | null => towardsMargin(value, equalOf(measure), margin);
    return {
      name: measure.metric,
      track: trackOf(measure, place),
      a: millis(measure.aMs),
      b: millis(measure.bMs),
      estimate: onScale(measure.estimate, scale),
      interval: interval(measure.pass, scale),
      margin: onScale(margin, scale),
      note: measure.floorDecided ? "(the absolute floor decided)" : "",
    };
  });
  const ofErrors: Row = {
    name: "errors",
    track: trackOf({ ...errors, estimate: errors.difference }, (value) =>
      towardsMargin(value, 0, errors.margin),
    ),
    a: errorShare(errors.a),
    b: errorShare(errors.b),
    estimate: pointsOrUnknown(errors.difference),
    interval: pointsInterval(errors.pass),
    margin: points(errors.margin),
    note: errors.aborted ? "(stopped early)" : "",
  };
  return [...latency, ofErrors];
}

/** A measure's numbers moved to the common axis. */
export function trackOf(of: Track, place: (value: number | null) => number | null): Track {
  const bounds = ({ lower, upper }: Track["pass"]): Track["pass"] => ({
    lower: place(lower),
    upper: place(upper),
  });
  return { estimate: place(of.estimate), pass: bounds(of.pass), fail: bounds(of.fail), outcome: of.outcome };
}

/** A verdict in colour, sign and word, never in colour alone. */
export function verdictChip(outcome: Row["track"]["outcome"]): Html {
  return html`<span class="chip ${outcome}"><span aria-hidden="true">${OUTCOME_SIGN[outcome]}</span> ${outcome}</span>`;
}
