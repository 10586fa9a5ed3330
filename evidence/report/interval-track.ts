import type { Bounds, Outcome } from "../duet/verdict.ts";
import { type Html, html } from "./html.ts";

/** A measure on the common axis: 0 is no difference, 1 is the margin, below 0 is better. */
export interface Track {
  readonly estimate: number | null;
  readonly pass: Bounds;
  readonly fail: Bounds;
  readonly outcome: Outcome;
}

/** Further out there is only an arrow. */
const FAR: readonly [number, number] = [-6, 5];

/** The part of the axis that holds all tracks, with some air, and always 0 and 1. */
export function axisOf(tracks: readonly Track[]): [number, number] {
  const values = tracks
    .flatMap(({ estimate, pass, fail }) => [estimate, pass.lower, pass.upper, fail.lower, fail.upper])
    .filter((value) => value !== null);
  const low = Math.max(FAR[0], Math.min(-0.8, ...values.map((value) => value - 0.2)));
  const high = Math.min(FAR[1], Math.max(1.6, ...values.map((value) => value + 0.2)));
  return [low, high];
}

/**
 * One row of a forest plot: thick the interval that a pass is judged by, thin the one for a fail, a dot the estimate.
 * Its x are shares of the width, so that it fits a phone without shrinking; it is drawn for eyes only, the numbers
 * stand in the table beside it.
 */
export function intervalTrack(track: Track, axis: readonly [number, number]): Html {
  const at = (value: number): string => {
    const share = (value - axis[0]) / (axis[1] - axis[0]);
    return `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`;
  };
  const bar = (bounds: Bounds, kind: string): Html | null => {
    if (bounds.lower === null && bounds.upper === null) return null;
    const [from, to] = [at(bounds.lower ?? axis[0]), at(bounds.upper ?? axis[1])];
    return html`<line class="${kind}" x1="${from}" x2="${to}" y1="14" y2="14"/>`;
  };
  const { estimate, outcome } = track;
  const beyond = (100 - Number.parseFloat(at(1))).toFixed(2);
  return html`<svg class="track ${outcome}" height="28" aria-hidden="true">
<rect class="better" x="0" y="0" width="${at(0)}" height="28"/>
<rect class="worse" x="${at(1)}" y="0" width="${beyond}%" height="28"/>
<line class="equal" x1="${at(0)}" x2="${at(0)}" y1="0" y2="28"/>
<line class="margin" x1="${at(1)}" x2="${at(1)}" y1="0" y2="28"/>
${bar(track.fail, "whisker")}${bar(track.pass, "bar")}
${estimate === null ? null : dot(estimate, axis, at(estimate))}</svg>`;
}

function dot(estimate: number, [low, high]: readonly [number, number], x: string): Html {
  if (estimate < low) return html`<text class="far" x="0" y="19">◀</text>`;
  if (estimate > high) return html`<text class="far" x="100%" y="19" text-anchor="end">▶</text>`;
  return html`<circle class="dot" cx="${x}" cy="14" r="5.5"/>`;
}

/** The axis below the tracks. */
export function trackAxis(axis: readonly [number, number]): Html {
  const at = (value: number): string => `${(((value - axis[0]) / (axis[1] - axis[0])) * 100).toFixed(2)}%`;
  return html`<svg class="track axis" height="34" aria-hidden="true">
<line class="equal" x1="${at(0)}" x2="${at(0)}" y1="0" y2="6"/><line class="margin" x1="${at(1)}" x2="${at(1)}" y1="0" y2="6"/>
<text x="${at(0)}" y="18" text-anchor="middle">equal</text><text x="${at(1)}" y="18" text-anchor="middle">margin</text>
<text x="0" y="32">← better</text><text x="100%" y="32" text-anchor="end">worse →</text></svg>`;
}
