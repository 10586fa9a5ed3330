import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { ErrorCode } from "@banyan/contracts/errors/catalogue.ts";
import { decideNext, type Refusal } from "@banyan/evidence/gate/plan.ts";
import { type Step, stepTitle } from "@banyan/evidence/gate/step.ts";
import { appendToLedger } from "@banyan/platform/records/ledger-file.ts";
import { capabilityOf, type StackContext } from "../commands/context.ts";
import { adoptSealed } from "./adopt.ts";
import { arrived } from "./arrival.ts";
import { mustDependOnLive } from "./depends-on.ts";
import { handedOver } from "./handed-over.ts";
import { standingOf, unleashAdminOf } from "./standing.ts";
import { takeStepLock } from "./step-lock.ts";

export interface Taken {
  readonly step: Step;
  readonly from: number;
  readonly to: number;
  /**
   * From the Admin API's answer to the proxy's own decision, and for an owned capability to the last slot at its new owner;
   * null for a step that moves no flag.
   */
  readonly arrivedAfterMs: number | null;
}

const REFUSALS: Record<Refusal, ErrorCode> = {
  "intent-unknown": "BYN-CLI-009",
  killed: "BYN-CLI-009",
  unproved: "BYN-CLI-008",
  "nothing-left": "BYN-CLI-009",
  evidence: "BYN-CLI-007",
};

/**
 * Takes the next step, if its evidence passed for exactly this step, percentage, configuration and commit. The ledger is
 * written first: a crash in between leaves a flag below what was proved, which is safe, and typing it again mends it.
 * @throws BYN-CLI-004, -007, -008, -009, -012, -041 (what it depends on is not live)
 */
export async function takeNext(context: StackContext, capability: string): Promise<Taken> {
  await using _lock = await takeStepLock(context, `banyan next ${capability}`);
  const { places, signal } = context;
  await adoptSealed(context);
  const { plan, state, flag } = await standingOf(context, capability);
  const decision = decideNext(plan, state);
  if (decision.verdict === "refuse") {
    const title = plan.next === undefined ? capability : stepTitle(plan.next.step);
    throw new BanyanError(REFUSALS[decision.because], `${title}: ${decision.words}`);
  }
  const { step, key } = decision.step;
  if (step.name === "ramp") await mustDependOnLive(context, capability);
  const from = state.intent?.percentage ?? 0;
  signal.throwIfAborted();
  await appendToLedger(places.ledger, {
    at: new Date().toISOString(),
    kind: "step",
    body: { key, from, to: step.percentage, bundles: [...decision.bundles] },
  });
  if (step.name !== "ramp") return { step, from, to: from, arrivedAfterMs: null };
  await unleashAdminOf(context).setPercentage(flag, step.percentage);
  const arrivedAfterMs = await arrived(context, capability, step.percentage);
  if (capabilityOf(context, capability).writes !== "owned")
    return { step, from, to: step.percentage, arrivedAfterMs };
  const handedOverAfterMs = await handedOver(context, capability, step.percentage);
  return { step, from, to: step.percentage, arrivedAfterMs: arrivedAfterMs + handedOverAfterMs };
}
