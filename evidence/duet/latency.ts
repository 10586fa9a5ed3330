import { clippedLag1, widening } from "../statistics/autocorrelation.ts";
import { centreInterval, walshAverages } from "../statistics/hodges-lehmann.ts";
import { median } from "../statistics/quantile.ts";
import type { Pair } from "./digest.ts";
import type { Bounds, Levels, Measure, Metric, Outcome, Scale } from "./verdict.ts";

export interface LatencyRule {
  readonly metric: Metric;
  readonly scale: Scale;
  /** +10 % as 0.1, or milliseconds. */
  readonly margin: number;
  /** Only for ratios; 0 for none. */
  readonly floorMs: number;
  readonly failAtMarginShare: number;
  /** Fewer blocks than this and the measure is inconclusive. */
  readonly atLeastBlocks: number;
}

/**
 * Judges one quantile by blocks. On the ratio scale a block's difference is d = ln(b/a), else b − a in ms; the centre
 * of the d is the Hodges–Lehmann estimate, with Wilcoxon bounds widened for lag-1 autocorrelation.
 *
 * The floor raises the margin of a fast service: 0.3 ms more is always allowed, and at 1 ms that is 30 %.
 */
export function measureOf(
  pairs: readonly Pair[],
  rule: LatencyRule,
  levels: Pick<Levels, "pass" | "fail">,
): Measure {
  const ratio = rule.scale === "ratio";
  const differences = pairs.map(({ aMs, bMs }) => (ratio ? Math.log(bMs / aMs) : bMs - aMs));
  const autocorrelation = differences.length > 2 ? clippedLag1(differences) : 0;
  const widenedBy = widening(autocorrelation);
  const averages = walshAverages(differences);
  const at = (alpha: number) => centreInterval(averages, differences.length, alpha, widenedBy);
  const { estimate, ...pass } = at(levels.pass);
  const { lower, upper } = at(levels.fail);
  const fail = { lower, upper };

  const aMs = pairs.length ? median(pairs.map((p) => p.aMs)) : null;
  const bMs = pairs.length ? median(pairs.map((p) => p.bMs)) : null;
  const own = ratio ? Math.log(1 + rule.margin) : rule.margin;
  const floor = ratio && aMs !== null ? Math.log(1 + rule.floorMs / aMs) : 0;
  const outcome = (margin: number) =>
    pairs.length < rule.atLeastBlocks
      ? "inconclusive"
      : outcomeOf(estimate, pass, fail, margin, ratio ? rule.failAtMarginShare : "above the margin");
  const margin = Math.max(own, floor);
  const shown = (x: number | null) => (x === null || !ratio ? x : Math.exp(x));
  return {
    metric: rule.metric,
    scale: rule.scale,
    estimate: shown(estimate),
    pass: { lower: shown(pass.lower), upper: shown(pass.upper) },
    fail: { lower: shown(fail.lower), upper: shown(fail.upper) },
    margin: shown(margin) ?? margin,
    floorDecided: outcome(margin) !== outcome(own),
    outcome: outcome(margin),
    blocks: pairs.length,
    autocorrelation,
    widenedBy,
    aMs,
    bMs,
  };
}

/**
 * The rule of one measure, on a scale where 0 means equal. **pass**: the upper bound is within the margin. **fail**:
 * not pass, the lower bound is above 0, and the estimate has reached its share of the margin. An absolute margin is a
 * budget that is meant to be spent, and more than 0 is no harm there: **fail** is a lower bound above the margin
 * itself. Else inconclusive.
 */
export function outcomeOf(
  estimate: number | null,
  pass: Bounds,
  fail: Bounds,
  margin: number,
  failAt: number | "above the margin",
): Outcome {
  if (estimate === null) return "inconclusive";
  if (pass.upper !== null && pass.upper <= margin) return "pass";
  if (fail.lower === null) return "inconclusive";
  const failed =
    failAt === "above the margin" ? fail.lower > margin : fail.lower > 0 && estimate >= failAt * margin;
  return failed ? "fail" : "inconclusive";
}
