import type { Bundle } from "@banyan/evidence/bundle/bundle.ts";

/** What one way of gathering evidence found; raw files are in the open bundle's folder by then. */
export type Gathered = Pick<Bundle, "verdict" | "reasons" | "expected" | "figures" | "load">;

type Load = NonNullable<Bundle["load"]>;

/** An expectation of a load run, written down before anything is measured. */
export interface LoadExpectation {
  readonly what: string;
  readonly expected: string;
  /** Reads it off the run; undefined where the run has no such figure. */
  readonly read: (load: Load) => { readonly measured: string; readonly asExpected: boolean } | undefined;
}

export function comparedWith(expectations: readonly LoadExpectation[], load: Load): Bundle["expected"] {
  return expectations.map(({ what, expected, read }) => {
    const found = read(load);
    return { what, expected, measured: found?.measured ?? null, asExpected: found?.asExpected ?? null };
  });
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
      return { measured: shown(measure.estimate, measure.scale), asExpected: measure.estimate <= limit };
    },
  };
}
