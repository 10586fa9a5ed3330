import type { Bounds, ErrorsMeasure, Measure, Outcome, Scale } from "../duet/verdict.ts";
import { percent, points } from "../duet/words.ts";

export const OUTCOME_SIGN: Record<Outcome, string> = { pass: "✓", fail: "✗", inconclusive: "?" };

/** 12345 → "12,345". */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A latency measure on its scale: "0.73", or "+1.20 ms". */
export function onScale(value: number | null, scale: Scale): string {
  return scale === "ratio" ? twoDigits(value) : `${signed(value)} ms`;
}

export function interval({ lower, upper }: Bounds, scale: Scale): string {
  return scale === "ratio"
    ? `${twoDigits(lower)} to ${twoDigits(upper)}`
    : `${signed(lower)} to ${signed(upper)} ms`;
}

/** Bounds of a difference of shares: 0.0013 → "+0.13", in percentage points. */
export function pointsInterval({ lower, upper }: Bounds): string {
  const inPoints = (value: number | null): string => signed(value === null ? null : value * 100);
  return `${inPoints(lower)} to ${inPoints(upper)} points`;
}

function twoDigits(value: number | null): string {
  return value === null ? "unknown" : value.toFixed(2);
}

function signed(value: number | null): string {
  return value === null ? "unknown" : `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}

export function millis(value: number | null): string {
  return value === null ? "–" : `${threeDigits(value)} ms`;
}

/** For a table whose caption names the unit. */
export function threeDigits(value: number | null): string {
  if (value === null) return "–";
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

export function errorShare(arm: ErrorsMeasure["a"]): string {
  return arm.n === 0 ? "–" : arm.bad === 0 ? "0" : `${count(arm.bad)} (${percent(arm.bad / arm.n)})`;
}

export function pointsOrUnknown(value: number | null): string {
  return value === null ? "unknown" : points(value);
}

/** Where a value stands between "no difference" (0) and the margin (1), so that all measures share one axis. */
export function towardsMargin(value: number | null, equal: number, margin: number): number | null {
  return value === null || margin === equal ? null : (value - equal) / (margin - equal);
}

/** What "no difference" is on a measure's scale. */
export function equalOf(measure: Measure): number {
  return measure.scale === "ratio" ? 1 : 0;
}

/** "2026-11-22T16:00:05.000Z" → "2026-11-22 16:00:05 UTC". */
export function moment(at: string): string {
  return at.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");
}

export function clock(at: string): string {
  return at.slice(11, 19);
}

export function bytes(value: number): string {
  if (value < 1_024) return `${value} B`;
  const kib = value / 1_024;
  if (kib < 1_024) return `${kib.toFixed(0)} KiB`;
  return kib < 1_024 ** 2 ? `${(kib / 1_024).toFixed(1)} MiB` : `${(kib / 1_024 ** 2).toFixed(1)} GiB`;
}

/** What a step is called: "façade", "10 %", or its name and percentage. */
export function stepTitle(step: { readonly name: string; readonly percentage: number }): string {
  if (step.name === "facade") return "façade";
  if (step.name === "ramp" || step.name.endsWith(`:${step.percentage}`)) return `${step.percentage} %`;
  return step.percentage === 0 ? step.name : `${step.name}, ${step.percentage} %`;
}
