import type { ErrorsMeasure, Judged, Measure, Outcome, Scale } from "./verdict.ts";
import { change, percent, points, signedMs } from "./words.ts";

/** Why a verdict is what it is: the deciding sentences first, each with its numbers and what was allowed. */
export function reasonsOf(verdict: Outcome, judged: Judged): string[] {
  const { instrument, interference, measures, errors, perRoute } = judged;
  const broken = instrument.filter((check) => !check.ok).map((check) => `instrument: ${check.text}`);
  const disturbed = interference.ok ? [] : [`interference: ${interference.text}`];
  const whole = { outcome: errors.outcome, text: sentenceOfErrors(errors) };
  const all = [...measures.map((m) => ({ outcome: m.outcome, text: sentence(m) })), whole];
  const routes = perRoute
    .filter((r) => r.judged)
    .flatMap((r) => r.measures.map((m) => ({ outcome: m.outcome, text: `${r.route}: ${sentence(m)}` })))
    .filter((m) => m.outcome === "fail");
  const says = (outcome: Outcome) =>
    [...all, ...routes].filter((m) => m.outcome === outcome).map((m) => m.text);
  const notes = broken.concat(disturbed);
  if (verdict === "pass") return says("pass");
  if (verdict === "fail") return [...says("fail"), ...says("inconclusive"), ...notes];
  return notes.length ? notes : says("inconclusive");
}

function sentence(m: Measure): string {
  const { estimate } = m;
  if (estimate === null) return `${m.metric}: no block could be measured`;
  const allowed = amount(m.margin, m.scale);
  const floor = m.floorDecided ? " (the absolute floor decided)" : "";
  const about = `${m.metric} of the candidate ${amount(estimate, m.scale)}`;
  if (m.outcome === "pass") return `${about}, at most ${bound(m.pass.upper, m)}, allowed ${allowed}${floor}`;
  if (m.outcome === "fail") return `${about}, at least ${bound(m.fail.lower, m)}, allowed ${allowed}${floor}`;
  return (
    `${about}, somewhere between ${bound(m.pass.lower, m)} and ${bound(m.pass.upper, m)}, allowed ${allowed}: ` +
    `${m.blocks} blocks can't tell${floor}`
  );
}

function sentenceOfErrors(e: ErrorsMeasure): string {
  const counts = `candidate ${e.b.bad} of ${e.b.n}, reference ${e.a.bad} of ${e.a.n}`;
  if (e.aborted)
    return `errors: ${counts}, the warm-up's with them; chance alone would do this in under 1 of ${Math.floor(Math.min(e.eValue, 1e6))} runs`;
  if (e.difference === null) return `errors: ${counts}, nothing to compare`;
  const allowed = `allowed ${points(e.margin)}`;
  const about = `errors ${points(e.difference)} (${counts})`;
  if (e.outcome === "pass") return `${about}, at most ${points(e.pass.upper ?? 1)}, ${allowed}`;
  if (e.outcome === "fail") return `${about}, at least ${points(e.fail.lower ?? 0)}, ${allowed}`;
  return `${about}, up to ${points(e.pass.upper ?? 1)}, ${allowed}: ${percent(e.margin)} can't be told yet`;
}

function bound(value: number | null, m: Measure): string {
  return value === null ? "unknown" : amount(value, m.scale);
}

function amount(value: number, scale: Scale): string {
  return scale === "ratio" ? change(value) : signedMs(value);
}
