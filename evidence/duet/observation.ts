/** `a` is the reference (the monolith, or the direct way), `b` the candidate that must not be worse. */
export type Arm = "a" | "b";

/** `warmup` is dropped; `solo` is arm `a` alone at the same total rate; `duet` is both arms in the same seconds. */
export type Phase = "warmup" | "solo" | "duet";

/** One request of a measured run. Background load is no sample. */
export interface Sample {
  readonly arm: Arm;
  readonly phase: Phase;
  /** When the request was sent, as an offset from the run's start. */
  readonly startMs: number;
  /** From sending to the last byte of the answer; a time-out counts with its full wait. */
  readonly latencyMs: number;
  /** now − start − i/rate for iteration i: how far the open model fell behind its own clock. */
  readonly latenessMs: number;
  /** A low-cardinality name, e.g. `GET /products/:id`. */
  readonly route: string;
  /** Status and content were both right. */
  readonly ok: boolean;
  /** Who served it, as the answer says; "" when nobody said. */
  readonly side: string;
}

/**
 * When what happens in a run. After a warm-up of both arms come blocks, one in `soloEvery` of them (the first one
 * first) for arm a alone:
 *
 *     0 ── warm-up ── solo │ duet │ duet │ solo │ duet │ duet │ … looks … ── endMs
 *
 * A look at `looksMs[k]` counts from the end of the warm-up, solo blocks included; `endMs` from the run's start. Made
 * by `planOf`, never by hand.
 */
export interface Plan {
  readonly protocol: "quick" | "long";
  /** Requests a second of both arms together, the same in the solo blocks. */
  readonly ratePerSecond: number;
  readonly blockMs: number;
  readonly soloEvery: number;
  readonly warmUpMs: number;
  readonly looksMs: readonly number[];
  /** The end of the last look. */
  readonly endMs: number;
}

/**
 * What a run saw, so far or in whole. A look is judged when every request sent before its end has been answered
 * (or has timed out): samples that are still under way are the slow ones, and would be missing from the tail.
 */
export interface Observation {
  readonly plan: Plan;
  /** In the order in which they were finished. At most some 60,000. */
  readonly samples: readonly Sample[];
  /** k6's `dropped_iterations` of the whole run so far. */
  readonly droppedIterations: number;
  /** Which side must have served each arm; an arm without one (plain `compare`) isn't checked. */
  readonly expectedSide: { readonly a?: string; readonly b?: string };
}
