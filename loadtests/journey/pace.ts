/*
 * How many virtual customers a journey load has, and how often they come: pure arithmetic, shared by the runners.
 */

/** No journey load asks for more than this, at any time: design §8's demo runs on two cores. */
const MOST_PER_SECOND = 100;
/** The mean that may be asked for: draws must have room above it. */
export const MOST_MEAN = 0.4 * MOST_PER_SECOND;
/** Thinking takes 0.7 to 1.3 times its mean, never less. */
const LEAST_THINKING = 0.7;

export interface Pace {
  /** For k6, which wants whole numbers: journeys in a minute. */
  readonly journeysPerMinute: number;
  /** Customers in the shop at once, at most. */
  readonly virtualCustomers: number;
}

/**
 * Each request is preceded by at least 0.7 of the mean time to think, so V customers ask for at most V / (0.7 · think)
 * requests a second: that bounds V, and with V the whole load, whatever is drawn and however slow the shop gets.
 *
 * @param requestsPerSecond in the mean, at most `MOST_MEAN`
 */
export function paceOf(requestsPerSecond: number, meanRequests: number, thinkMs: number): Pace {
  return {
    journeysPerMinute: Math.max(1, Math.round((60 * requestsPerSecond) / meanRequests)),
    virtualCustomers: Math.max(1, Math.floor((MOST_PER_SECOND * LEAST_THINKING * thinkMs) / 1000)),
  };
}

/** How long a customer thinks before `requests` of a view; `u` is in [0, 1). */
export function thinkingMs(thinkMs: number, requests: number, u: number): number {
  return thinkMs * requests * (LEAST_THINKING + 2 * (1 - LEAST_THINKING) * u);
}
