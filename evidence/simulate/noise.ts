import type { Random } from "./random.ts";

/** One source of noise: a first-order autoregressive series over the blocks, on a log scale. */
export interface Series {
  readonly sd: number;
  /** Correlation of one 3 s block with the next. */
  readonly rho: number;
}

/**
 * How a busy machine disturbs two services. A request's latency at quantile u is
 *
 *     medianMs · exp(m) · (u / (1−u)) ^ (shape · exp(w))        (log-logistic)
 *
 * where m moves the whole block and w stretches its tail. Each is the sum of a part that both arms share, since they
 * see the same seconds, and a part of its own for each arm. Hiccups stretch the tail of one arm's block now and then.
 */
export interface Noise {
  readonly name: "nominal" | "drifting" | "pessimistic" | "hostile";
  readonly medianMs: number;
  readonly shape: number;
  readonly shared: { readonly level: Series; readonly stretch: Series };
  readonly own: { readonly level: Series; readonly stretch: Series };
  /** Chance of a hiccup per arm and block, and the mean of its stretch. */
  readonly hiccup: { readonly chance: number; readonly meanStretch: number };
  /** Share of wrong answers of a sound service. */
  readonly errorShare: number;
}

export const NOMINAL: Noise = {
  name: "nominal",
  medianMs: 4,
  shape: 0.29,
  shared: { level: { sd: 0.075, rho: 0.9 }, stretch: { sd: 0.34, rho: 0.9 } },
  own: { level: { sd: 0.01, rho: 0.2 }, stretch: { sd: 0.03, rho: 0.2 } },
  hiccup: { chance: 0.02, meanStretch: 0.2 },
  errorShare: 0.001,
};

/**
 * A machine whose speed wanders: on the two-core machine that this was written on, with its whole stack up, the p50 of
 * one unchanged arm went from 5 to 12 ms and back within minutes.
 */
export const DRIFTING: Noise = {
  ...NOMINAL,
  name: "drifting",
  shared: { ...NOMINAL.shared, level: { sd: 0.25, rho: 0.9 } },
};

export const PESSIMISTIC: Noise = {
  ...NOMINAL,
  name: "pessimistic",
  own: { level: { sd: 0.02, rho: 0.5 }, stretch: { sd: 0.05, rho: 0.5 } },
  hiccup: { chance: 0.05, meanStretch: 0.3 },
};

export const HOSTILE: Noise = {
  ...NOMINAL,
  name: "hostile",
  own: { level: { sd: 0.06, rho: 0.4 }, stretch: { sd: 0.12, rho: 0.4 } },
  hiccup: { chance: 0.1, meanStretch: 0.4 },
};

/** Walks along a series; it starts in its stationary distribution, not at 0. */
export function walk(series: Series, random: Random): () => number {
  let state = series.sd * random.normal();
  const step = series.sd * Math.sqrt(1 - series.rho ** 2);
  return () => {
    const now = state;
    state = series.rho * state + step * random.normal();
    return now;
  };
}
