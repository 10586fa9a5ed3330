import type { Plan } from "./observation.ts";

/** Too little data is never a pass. */
export type Outcome = "pass" | "fail" | "inconclusive";

export type Metric = "p50" | "p95" | "p99";

/**
 * The unit of a latency measure. `ratio`: b over a, 1.04 means 4 % slower, and 1 means equal.
 * `ms`: b minus a in milliseconds, and 0 means equal.
 */
export type Scale = "ratio" | "ms";

/** One-sided bounds at one level; null where the blocks are too few for any bound at that level. */
export interface Bounds {
  readonly lower: number | null;
  readonly upper: number | null;
}

/** How much b differs from a at one quantile, by blocks. */
export interface Measure {
  readonly metric: Metric;
  readonly scale: Scale;
  /** Hodges–Lehmann estimate over the blocks; null without blocks. */
  readonly estimate: number | null;
  /** Bounds at the pass level: a pass needs `pass.upper` within `margin`. */
  readonly pass: Bounds;
  /** Bounds at the fail level: a fail needs `fail.lower` above equality. */
  readonly fail: Bounds;
  /** The margin that was judged by, on the measure's scale (1.1, or 2 ms), the floor included. */
  readonly margin: number;
  /** True if this measure came out otherwise than it would have without the absolute floor. */
  readonly floorDecided: boolean;
  /** What this measure alone says. */
  readonly outcome: Outcome;
  /** Blocks (merged ones for p99) that the measure stands on. */
  readonly blocks: number;
  /** Lag-1 autocorrelation of the block differences, clipped, and how much it widened the interval. */
  readonly autocorrelation: number;
  readonly widenedBy: number;
  /** Median over the blocks of each arm's quantile, for people. */
  readonly aMs: number | null;
  readonly bMs: number | null;
}

/**
 * Shares of wrong answers (status or content) in the duet, and after an abort in the warm-up too; b − a by Newcombe's
 * interval. Shares, not percent.
 */
export interface ErrorsMeasure {
  readonly a: { readonly n: number; readonly bad: number };
  readonly b: { readonly n: number; readonly bad: number };
  /** null while an arm has no answer. */
  readonly difference: number | null;
  readonly pass: Bounds;
  readonly fail: Bounds;
  /** 0.0025 is a quarter of a percentage point. */
  readonly margin: number;
  readonly outcome: Outcome;
  /** The always-valid e-value of "b errs more than a", at its highest; a run is aborted at 100. */
  readonly eValue: number;
  /** True if the e-value reached the limit: the verdict is then `fail`, however short the run. */
  readonly aborted: boolean;
}

/** One check of the measuring instrument; a broken one makes the verdict inconclusive. */
export interface InstrumentCheck {
  readonly name: InstrumentName;
  readonly ok: boolean;
  readonly value: number;
  readonly limit: number;
  /** True if more time can't repair it, so that another look is pointless. */
  readonly lasting: boolean;
  /** Plain words with the numbers. */
  readonly text: string;
}

export type InstrumentName =
  | "dropped-iterations"
  | "arm-balance"
  | "missing-answers"
  | "blocks"
  | "lateness-p99"
  | "wrong-side";

/** p50 of arm a in the duet over its solo p50: harm that falls on both sides, which a duet can't see. */
export interface Interference {
  /** False makes the verdict inconclusive. */
  readonly ok: boolean;
  readonly soloP50Ms: number | null;
  readonly duetP50Ms: number | null;
  /** Duet over solo, with one-sided bounds at `alpha` each; null where there are too few blocks. */
  readonly ratio: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** 1.25, or more where the absolute floor is larger. */
  readonly limit: number;
  readonly alpha: number;
  readonly soloBlocks: number;
  readonly text: string;
}

/** One route: always shown; `judged` (it may fail the verdict, but never makes it pass) only in the long protocol. */
export interface RouteMeasure {
  readonly route: string;
  readonly judged: boolean;
  readonly a: { readonly n: number; readonly bad: number };
  readonly b: { readonly n: number; readonly bad: number };
  readonly measures: readonly Measure[];
}

/** The levels that this look was judged at, one-sided. */
export interface Levels {
  readonly pass: number;
  readonly fail: number;
  readonly tries: number;
  readonly looks: number;
}

/** A verdict in whole: plain data, JSON in and out. */
export interface Verdict {
  readonly verdict: Outcome;
  readonly protocol: Plan["protocol"];
  /** From 1. */
  readonly look: number;
  /** How much of the run was judged: the look, solo blocks included, warm-up not. */
  readonly measuredMs: number;
  readonly levels: Levels;
  /** Sentences for people, the deciding one first. */
  readonly reasons: readonly string[];
  readonly measures: readonly Measure[];
  readonly errors: ErrorsMeasure;
  readonly instrument: readonly InstrumentCheck[];
  readonly interference: Interference;
  readonly perRoute: readonly RouteMeasure[];
}

/** All that was judged apart, before it became one word. */
export type Judged = Pick<Verdict, "measures" | "errors" | "instrument" | "interference" | "perRoute">;
