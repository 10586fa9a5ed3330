import type { Bundle } from "@banyan/evidence/bundle/bundle.ts";
import type { Outcome } from "@banyan/evidence/duet/verdict.ts";

/** What one way of gathering evidence found; raw files are in the open bundle's folder by then. */
export type Gathered = Pick<Bundle, "verdict" | "reasons" | "expected" | "figures" | "load">;

type Load = NonNullable<Bundle["load"]>;

/** An expectation of a load run, written down before anything is measured. */
export interface LoadExpectation {
  readonly what: string;
  readonly expected: string;
  /** Reads it off the run; undefined where the run has no such figure. */
  readonly read: (load: Load) => Found | undefined;
}

/** What a run says of an expectation; `asExpected` is null where it has the figure but does not settle it. */
interface Found {
  readonly measured: string;
  readonly asExpected: boolean | null;
  /** True for what holds even in a run that settles nothing, such as a wrong answer that was seen. */
  readonly certain?: boolean;
}

/** Beside each expectation what was measured. A run that is inconclusive shows figures, but neither keeps nor breaks a promise. */
export function comparedWith(expectations: readonly LoadExpectation[], load: Load): Bundle["expected"] {
  const settles = load.verdict.verdict !== "inconclusive";
  return expectations.map(({ what, expected, read }) => {
    const { measured = null, asExpected = null, certain = false } = read(load) ?? {};
    return { what, expected, measured, asExpected: settles || certain ? asExpected : null };
  });
}

/** For an expectation that is the verdict itself: what is inconclusive came neither as expected nor otherwise. */
export function asExpectedOf(verdict: Outcome): boolean | null {
  return verdict === "inconclusive" ? null : verdict === "pass";
}

/** Expects arm b's quantile at most at `limit`: a ratio to arm a's, or milliseconds above it in a façade step. */
export function expectAtMost(metric: "p50" | "p95", limit: number, what: string): LoadExpectation {
  const shown = (value: number, scale: "ratio" | "ms") =>
    scale === "ratio" ? `× ${value.toFixed(2)}` : `+${value.toFixed(2)} ms`;
  return {
    what,
    expected: `${metric} at most ${limit < 1.5 ? `× ${limit}` : `+${limit} ms`}`,
    read: ({ verdict }) => {
      const measure = verdict.measures.find((m) => m.metric === metric);
      if (measure === undefined || measure.estimate === null) return undefined;
      const asExpected = measure.outcome === "inconclusive" ? null : measure.estimate <= limit;
      return { measured: shown(measure.estimate, measure.scale), asExpected };
    },
  };
}
