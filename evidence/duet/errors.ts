import { shareDifference } from "../statistics/newcombe.ts";
import type { Digest } from "./digest.ts";
import { ABORT_AT } from "./error-watch.ts";
import { outcomeOf } from "./latency.ts";
import type { Protocol } from "./protocol.ts";
import type { ErrorsMeasure, Levels } from "./verdict.ts";

/**
 * Judges the shares of wrong answers: Newcombe's interval at the levels of the look, and the e-value of the run. An
 * abort is decided by the e-value, so its counts are those that the e-value was made of: the warm-up's with the duet's.
 */
export function errorsOf(digest: Digest, protocol: Protocol, levels: Levels): ErrorsMeasure {
  const { eValue } = digest;
  const aborted = eValue >= ABORT_AT;
  const { a, b } = aborted ? digest.watched : digest;
  const { difference, ...pass } = shareDifference(a, b, levels.pass);
  const { lower, upper } = shareDifference(a, b, levels.fail);
  const margin = protocol.margins.errorsShare;
  const fail = { lower, upper };
  const outcome = outcomeOf(difference, pass, fail, margin, protocol.failAtMarginShare);
  return { a, b, difference, pass, fail, margin, outcome: aborted ? "fail" : outcome, eValue, aborted };
}
