import { ErrorWatch } from "../duet/error-watch.ts";
import type { Random } from "./random.ts";
import { RATE_PER_SECOND } from "./run.ts";

/**
 * When the early abort stops a duet: request by request, in randomised pairs, each error noted at once.
 *
 * @returns seconds from the duet's first request, or undefined if nothing was aborted within `upToS`
 */
export function abortAfterS(
  errorShareOfA: number,
  errorShareOfB: number,
  upToS: number,
  random: Random,
): number | undefined {
  const watch = new ErrorWatch();
  const perSecond = RATE_PER_SECOND / 2;
  for (let pair = 1; pair <= upToS * perSecond; pair++) {
    const bFirst = random.uniform() < 0.5;
    for (const arm of bFirst ? (["b", "a"] as const) : (["a", "b"] as const)) {
      if (random.uniform() < (arm === "b" ? errorShareOfB : errorShareOfA)) watch.errorOn(arm);
      if (watch.aborts) return pair / perSecond;
    }
  }
  return undefined;
}
