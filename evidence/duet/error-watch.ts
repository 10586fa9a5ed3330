import type { Arm, Sample } from "./observation.ts";

/** A run is aborted when the e-value reaches this. By Ville's inequality chance alone gets there in at most 1 % of runs. */
export const ABORT_AT = 100;

/** The e-value is shown up to here; a total outage would soon overflow a double. */
const CEILING = 1e12;
const GRID = 32;

/** The warm-up counts too: an outage there is one. In a solo block arm b has no requests to err on. */
export function isWatched({ phase }: Sample): boolean {
  return phase !== "solo";
}

/**
 * Tells, error by error, whether arm b errs more than its share: an e-process, valid at every moment and not only at
 * planned looks. If b is no worse, each error falls on b with a chance of at most p, its share of the requests (½ in
 * a duet). Each alternative θ > p multiplies its stake by θ/p when b errs and by (1−θ)/(1−p) when a does, so no stake
 * grows on average; the e-value is the mean over an even grid of θ in (p, 1). (Ramdas et al. 2023, "Game-theoretic
 * statistics and safe anytime-valid inference", Statistical Science 38:4; Ville 1939 for the bound.)
 *
 * Errors that hit both arms alike, such as a database that hiccups, move it down, however many they are.
 */
export class ErrorWatch {
  readonly #whenB: number[];
  readonly #whenA: number[];
  readonly #stakes: number[];
  #highest = 1;

  /** @param shareOfB the share of the requests that went to b, in (0, 1) */
  constructor(shareOfB = 0.5) {
    const thetas = Array.from({ length: GRID }, (_, i) => shareOfB + ((1 - shareOfB) * (i + 0.5)) / GRID);
    this.#whenB = thetas.map((theta) => theta / shareOfB);
    this.#whenA = thetas.map((theta) => (1 - theta) / (1 - shareOfB));
    this.#stakes = thetas.map(() => 1 / GRID);
  }

  /** Notes one error and returns the e-value after it. */
  errorOn(arm: Arm): number {
    const factors = arm === "b" ? this.#whenB : this.#whenA;
    let sum = 0;
    factors.forEach((factor, i) => {
      const stake = Math.min(CEILING, (this.#stakes[i] ?? 0) * factor);
      this.#stakes[i] = stake;
      sum += stake;
    });
    this.#highest = Math.min(CEILING, Math.max(this.#highest, sum));
    return sum;
  }

  /** Notes a finished request; the runner calls this for every sample, in the order in which they finish. */
  observe(sample: Sample): void {
    if (!sample.ok && isWatched(sample)) this.errorOn(sample.arm);
  }

  /** The highest e-value so far, at least 1. */
  get highest(): number {
    return this.#highest;
  }

  get aborts(): boolean {
    return this.#highest >= ABORT_AT;
  }
}
