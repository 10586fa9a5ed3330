import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { digestOf } from "./cut.ts";
import type { Digest } from "./digest.ts";
import { errorsOf } from "./errors.ts";
import { instrumentOf } from "./instrument.ts";
import { interferenceOf } from "./interference.ts";
import { measuresOf, routesOf } from "./measures.ts";
import type { Observation, Plan } from "./observation.ts";
import { levelsOf, type Protocol, planOf } from "./protocol.ts";
import { reasonsOf } from "./reasons.ts";
import type { Judged, Outcome, Verdict } from "./verdict.ts";

/**
 * Judges what a run saw up to the end of a look (evidence.md, "Protocol"). Pure: the same observation gives the same
 * verdict, now or when a bundle is verified years later.
 *
 * @param look from 1
 * @throws BanyanError BYN-EVIDENCE-001 for an observation of another plan, or a look that the protocol doesn't have
 */
export function judge(observation: Observation, protocol: Protocol, look: number): Verdict {
  mustFit(observation.plan, protocol, look);
  return judgeDigest(digestOf(observation, protocol, look), protocol, look);
}

/** `judge` for one that has cut the samples already: the simulation makes digests without samples. */
export function judgeDigest(digest: Digest, protocol: Protocol, look: number): Verdict {
  mustFit(digest.plan, protocol, look);
  const levels = levelsOf(protocol);
  const lookMs = protocol.looksMs[look - 1] ?? 0;
  const judged = {
    measures: measuresOf(digest, protocol, levels),
    errors: errorsOf(digest, protocol, levels),
    instrument: instrumentOf(digest, protocol, lookMs),
    interference: interferenceOf(digest, protocol),
    perRoute: routesOf(digest, protocol, levels),
  };
  const verdict = outcomeOfAll(judged);
  return {
    verdict,
    protocol: protocol.name,
    look,
    measuredMs: lookMs,
    levels,
    reasons: reasonsOf(verdict, judged),
    ...judged,
  };
}

/** From what was judged to one word. Whatever is not proved is inconclusive. */
function outcomeOfAll({ measures, errors, instrument, interference, perRoute }: Judged): Outcome {
  // An abort ends the run early, so blocks and answers are missing by design, and a dying side delays k6 itself.
  // Only answers from the wrong side put in doubt whose errors they were.
  const mixedUp = instrument.some((check) => check.name === "wrong-side" && !check.ok);
  if (errors.aborted && !mixedUp) return "fail";
  if (!instrument.every((check) => check.ok)) return "inconclusive";
  const whole = [...measures, errors].map((m) => m.outcome);
  const routes = perRoute.filter((r) => r.judged).flatMap((r) => r.measures.map((m) => m.outcome));
  // b is certainly worse than a in the same seconds: that both suffer besides is no excuse. It only forbids a pass.
  if ([...whole, ...routes].includes("fail")) return "fail";
  if (!interference.ok) return "inconclusive";
  return whole.every((outcome) => outcome === "pass") ? "pass" : "inconclusive";
}

/**
 * The next look that is due after a verdict, or undefined: only an inconclusive one is looked at again, and not when
 * the instrument is broken in a way that more time can't repair.
 */
export function lookNeeded(verdict: Verdict, protocol: Protocol): number | undefined {
  if (verdict.verdict !== "inconclusive" || verdict.look >= protocol.looksMs.length) return undefined;
  return verdict.instrument.some((check) => !check.ok && check.lasting) ? undefined : verdict.look + 1;
}

function mustFit(plan: Plan, protocol: Protocol, look: number): void {
  const meant = planOf(protocol, plan.ratePerSecond);
  if (JSON.stringify(plan) !== JSON.stringify(meant))
    throw new BanyanError(
      "BYN-EVIDENCE-001",
      `the run's plan is not that of the protocol "${protocol.name}"`,
    );
  if (!Number.isInteger(look) || look < 1 || look > protocol.looksMs.length)
    throw new BanyanError("BYN-EVIDENCE-001", `the protocol "${protocol.name}" has no look ${look}`);
}
