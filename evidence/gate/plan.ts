import type { EvidenceKind } from "../bundle/bundle.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import { lastProvedRung, nextTry, triesOf } from "../ledger/queries.ts";
import type { StepKey } from "../ledger/step-key.ts";
import { type Step, stepKey } from "./step.ts";

/** All that decides what may come next. Unknown intent is undefined: then nothing may. */
export interface GateState {
  /** A verified ledger. */
  readonly entries: readonly LedgerEntry[];
  readonly intent: { readonly percentage: number; readonly kill: boolean } | undefined;
  readonly configuration: string;
  readonly commit: string;
}

export interface EvidenceState {
  readonly kind: EvidenceKind;
  readonly state: "passed" | "failed" | "missing" | "inconclusive" | "tries-used-up";
  readonly tries: number;
  /** The passing bundle's id, else the last try's. */
  readonly bundle: string | undefined;
}

export interface StepState {
  readonly step: Step;
  readonly key: StepKey;
  readonly taken: boolean;
  readonly evidence: readonly EvidenceState[];
}

/** Where a capability stands on its ladder. */
export interface Plan {
  readonly steps: readonly StepState[];
  /** The step that would be taken next; undefined at the top, or while the flag is above what was proved. */
  readonly next: StepState | undefined;
  /** The rung up to which the ladder was proved. */
  readonly provedPercentage: number;
  /** True if the flag stands above it: somebody moved it by hand. */
  readonly unproved: boolean;
}

/** Pure: the same ledger, flag, configuration and commit give the same plan. */
export function planFor(steps: readonly Step[], state: GateState): Plan {
  const capability = steps[0]?.capability ?? "";
  const proved = lastProvedRung(state.entries, capability);
  const percentage = state.intent?.percentage ?? 0;
  const unproved = percentage > proved;
  const states = steps.map((step): StepState => {
    const key = stepKey(step, state);
    return {
      step,
      key,
      taken: isTaken(step, state.entries, Math.min(percentage, proved)),
      evidence: evidenceOf(step, key, state.entries),
    };
  });
  return {
    steps: states,
    next: unproved || state.intent === undefined ? undefined : states.find(({ taken }) => !taken),
    provedPercentage: proved,
    unproved,
  };
}

/** A ramp step is taken while the flag stands at it or above; the others once the ledger says so. */
function isTaken(step: Step, entries: readonly LedgerEntry[], percentage: number): boolean {
  if (step.name === "ramp") return step.percentage <= percentage;
  return entries.some(
    ({ kind, body }) =>
      kind === "step" && body.key.capability === step.capability && body.key.step === step.name,
  );
}

function evidenceOf(step: Step, key: StepKey, entries: readonly LedgerEntry[]): EvidenceState[] {
  return step.requires.map((kind) => {
    const tries = triesOf(entries, key, kind);
    const may = nextTry(entries, key, kind);
    const passed = tries.findLast(({ body }) => body.verdict === "pass");
    const shown = (passed ?? tries.at(-1))?.body.bundle.id;
    const open = tries.length === 0 ? "missing" : "inconclusive";
    return { kind, state: may.may ? open : may.because, tries: tries.length, bundle: shown };
  });
}

export type Decision =
  | { readonly verdict: "pass"; readonly step: StepState; readonly bundles: readonly string[] }
  | { readonly verdict: "refuse"; readonly because: Refusal; readonly words: string };

export type Refusal = "intent-unknown" | "killed" | "unproved" | "nothing-left" | "evidence";

/** decide(step, evidence): may the next step be taken? Missing evidence halts; it never passes. */
export function decideNext(plan: Plan, state: GateState): Decision {
  if (state.intent === undefined)
    return refuse("intent-unknown", "the flag can't be read, and unknown is not 0 %");
  if (state.intent.kill) return refuse("killed", "its kill switch is on");
  if (plan.unproved) {
    return refuse(
      "unproved",
      `the flag says ${state.intent.percentage} %, but only ${plan.provedPercentage} % is proved`,
    );
  }
  if (plan.next === undefined) return refuse("nothing-left", "every step of the ladder is taken");
  const lacking = plan.next.evidence.filter(({ state: s }) => s !== "passed");
  if (lacking.length > 0) {
    return refuse(
      "evidence",
      lacking.map(({ kind, state: s }) => `${kind}: ${EVIDENCE_WORDS[s]}`).join("; "),
    );
  }
  const bundles = plan.next.evidence.flatMap(({ bundle }) => (bundle === undefined ? [] : [bundle]));
  return { verdict: "pass", step: plan.next, bundles };
}

const EVIDENCE_WORDS: Record<EvidenceState["state"], string> = {
  passed: "passed",
  failed: "failed at this commit and configuration",
  missing: "not taken yet at this commit and configuration",
  inconclusive: "inconclusive so far",
  "tries-used-up": "inconclusive three times",
};

function refuse(because: Refusal, words: string): Decision {
  return { verdict: "refuse", because, words };
}
