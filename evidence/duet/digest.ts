import type { Count } from "../statistics/newcombe.ts";
import type { Plan } from "./observation.ts";
import type { Solo } from "./solo.ts";
import type { Metric } from "./verdict.ts";

/** One quantile of both arms in the same block. */
export interface Pair {
  readonly aMs: number;
  readonly bMs: number;
}

export interface RouteDigest {
  readonly route: string;
  readonly a: Count;
  readonly b: Count;
  readonly pairs: Readonly<Record<Metric, readonly Pair[]>>;
}

/**
 * All that the rules look at, of the samples up to one look. Real runs are cut down to it by `digestOf`; the simulated
 * worlds make it directly, so that both are judged by the same code.
 */
export interface Digest {
  readonly plan: Plan;
  /** Per usable block of the duet, in order of time; p99 per merged block. */
  readonly pairs: Readonly<Record<Metric, readonly Pair[]>>;
  readonly a: Count;
  readonly b: Count;
  readonly eValue: number;
  /** What the e-value was made of: the answers of warm-up and duet. `a` and `b` above are the duet's alone. */
  readonly watched: { readonly a: Count; readonly b: Count };
  /** Per usable solo block that has a usable neighbour, in order of time; of the p50. */
  readonly solo: readonly Solo[];
  readonly routes: readonly RouteDigest[];
  readonly droppedIterations: number;
  readonly latenessP99Ms: number;
  readonly wrongSide: number;
}
