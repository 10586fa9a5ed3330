import { shareDifference } from "../statistics/newcombe.ts";
import type { Digest } from "./digest.ts";
import { ABORT_AT } from "./error-watch.ts";
import { outcomeOf } from "./latency.ts";
import type { Protocol } from "./protocol.ts";
import type { ErrorsMeasure, Levels } from "./verdict.ts";

/** Judges the shares of wrong answers: Newcombe's interval at the levels of the look, and the e-value of the run. */
export function errorsOf(digest: Digest, protocol: Protocol, levels: Levels): ErrorsMeasure {
  const { a, b, eValue } = digest;
  const { difference, ...pass } = shareDifference(a, b, levels.pass);
  const { lower, upper } = shareDifference(a, b, levels.fail);
  const margin = protocol.margins.errorsShare;
  const aborted = eValue >= ABORT_AT;
  const fail = { lower, upper };
  const outcome = outcomeOf(difference, pass, fail, margin, protocol.failAtMarginShare);
  return { a, b, difference, pass, fail, margin, outcome: aborted ? "fail" : outcome, eValue, aborted };
}
