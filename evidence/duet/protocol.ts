import type { Plan } from "./observation.ts";
import type { Levels, Metric, Scale } from "./verdict.ts";

/**
 * How much worse b may be. `ratio`: shares of a's own latency (0.10 is +10 %), never less than `floorMs`.
 * `ms`: plain milliseconds, for a façade step, where a share of a fast direct way would say nothing; the floor then
 * only serves the interference check. A metric without a margin is not judged.
 */
export interface Margins {
  readonly scale: Scale;
  readonly latency: Readonly<Partial<Record<Metric, number>>>;
  readonly floorMs: number;
  /** The share of wrong answers that b may have above a; 0.0025 is a quarter of a percentage point. */
  readonly errorsShare: number;
}

/** What evidence.md fixes before a run. All of it is data; the rules are in `judge`. */
export interface Protocol {
  readonly name: Plan["protocol"];
  readonly blockMs: number;
  /** One block in so many is arm a's alone; the others are the duet's. */
  readonly soloEvery: number;
  readonly warmUpMs: number;
  /** From the end of the warm-up, solo blocks included. */
  readonly looksMs: readonly number[];
  readonly margins: Margins;
  readonly metrics: readonly Metric[];
  /** p99 needs more samples than a block has: this many blocks in a row are merged, and none is judged before `atLeast` of them. */
  readonly p99: { readonly mergedBlocks: number; readonly atLeast: number };
  readonly judgesRoutes: boolean;
  /** One-sided levels of a whole verdict; a verdict has `tries` tries, and each look of a try gets its part. */
  readonly alpha: { readonly pass: number; readonly fail: number; readonly tries: number };
  /** A fail also needs the estimate at this share of the margin, so that a tiny but certain loss doesn't fail. */
  readonly failAtMarginShare: number;
  readonly interference: { readonly limit: number; readonly alpha: number; readonly minBlocks: number };
  readonly instrument: {
    readonly armBalance: number;
    readonly missingAnswers: number;
    readonly minBlocks: number;
    readonly latenessP99Ms: number;
  };
}

export const RELATIVE_MARGINS: Margins = {
  scale: "ratio",
  latency: { p50: 0.1, p95: 0.1, p99: 0.25 },
  floorMs: 0.3,
  errorsShare: 0.0025,
};

/** For a façade step: direct against proxied. */
export const FACADE_MARGINS: Margins = {
  scale: "ms",
  latency: { p50: 2, p95: 5 },
  floorMs: 0.3,
  errorsShare: 0.0025,
};

export const QUICK: Protocol = {
  name: "quick",
  blockMs: 3_000,
  soloEvery: 3,
  warmUpMs: 8_000,
  // 45 s of duet beside 24 s of solo, and 90 s beside 45 s.
  looksMs: [69_000, 135_000],
  margins: RELATIVE_MARGINS,
  metrics: ["p50", "p95"],
  p99: { mergedBlocks: 4, atLeast: 9 },
  judgesRoutes: false,
  alpha: { pass: 0.05, fail: 0.01, tries: 3 },
  failAtMarginShare: 0.75,
  interference: { limit: 0.25, alpha: 0.05, minBlocks: 6 },
  instrument: { armBalance: 0.02, missingAnswers: 0.02, minBlocks: 12, latenessP99Ms: 20 },
};

export const LONG: Protocol = {
  ...QUICK,
  name: "long",
  // 99, 198 and 297 s of duet.
  looksMs: [150_000, 297_000, 447_000],
  metrics: ["p50", "p95", "p99"],
  judgesRoutes: true,
};

/** α of one look: a verdict has at most three tries, each with a third of α, and the looks of a try share that. */
export function levelsOf(protocol: Protocol): Levels {
  const { tries } = protocol.alpha;
  const looks = protocol.looksMs.length;
  return {
    pass: protocol.alpha.pass / tries / looks,
    fail: protocol.alpha.fail / tries / looks,
    tries,
    looks,
  };
}

/** The plan of a run under a protocol, at `ratePerSecond` requests of both arms together. */
export function planOf(protocol: Protocol, ratePerSecond: number): Plan {
  const { name, blockMs, soloEvery, warmUpMs, looksMs } = protocol;
  return {
    protocol: name,
    ratePerSecond,
    blockMs,
    soloEvery,
    warmUpMs,
    looksMs,
    endMs: warmUpMs + (looksMs.at(-1) ?? 0),
  };
}
