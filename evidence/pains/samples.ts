import type { Block } from "./blocks.ts";
import type { Bystander, Disturbance } from "./effect.ts";
import type { RampStep } from "./knee.ts";

export const PAIN_KINDS = ["invoices", "reports", "checkouts"] as const;
export type PainKind = (typeof PAIN_KINDS)[number];

/** One checkout as its `Server-Timing` told it: part → ms. Empty where there was none. */
export interface Checkout {
  readonly totalMs: number;
  readonly parts: Readonly<Record<string, number>>;
}

/** All that was measured of a shop's pains; times count from the start of the run. */
export interface PainsSamples {
  readonly blocks: readonly Block<PainKind>[];
  /** Everyone's requests; `route` names the look: `SEARCH`, `PRODUCT`, or a route. */
  readonly everyone: readonly Bystander[];
  /** `livez` and `readyz`. */
  readonly probes: readonly Bystander[];
  readonly disturbances: readonly Disturbance[];
  readonly checkouts: readonly Checkout[];
  /** `what: why` → how many. */
  readonly wrong: Readonly<Record<string, number>>;
  /** Answers with which the shop rightly said no. */
  readonly refused: number;
  readonly ramp: readonly RampStep[];
}

/** Names of looks: a search and a list have the same route, and nothing else in common. */
export const SEARCH = "search";
export const PRODUCT = "product by id";
