import type { EvidenceState, StepState } from "@banyan/evidence/gate/plan.ts";
import { stepTitle } from "@banyan/evidence/gate/step.ts";
import pc from "picocolors";
import { catalogLag } from "../capabilities/catalog.ts";
import { type Standing, standingOf } from "../gate/standing.ts";
import { unfilledUnderTraffic, unfilledWords } from "../gate/unfilled.ts";
import { type CommandContext, type StackContext, stackContext } from "./context.ts";

export async function planCommand(command: CommandContext, capability: string): Promise<void> {
  const context = await stackContext(command, capability);
  const standing = await standingOf(context, capability);
  showPlan(context, standing);
  const percentage = standing.state.intent?.percentage;
  const lag =
    capability === "catalog" ? await catalogLag(context.addresses).catch(() => undefined) : undefined;
  const unfilled = unfilledUnderTraffic(percentage, lag);
  if (unfilled > 0) context.screen.bad(unfilledWords(capability, percentage ?? 0, unfilled));
  context.screen.result({
    capability,
    percentage: standing.state.intent?.percentage ?? null,
    provedPercentage: standing.plan.provedPercentage,
    unproved: standing.plan.unproved,
    unfilledUnderTraffic: unfilled,
    next: standing.plan.next === undefined ? null : stepTitle(standing.plan.next.step),
    commit: standing.state.commit,
    configuration: standing.state.configuration,
    steps: standing.plan.steps.map(({ step, taken, evidence }) => ({ ...step, taken, evidence })),
  });
}

function showPlan({ screen }: StackContext, { plan, state, capability, flag }: Standing): void {
  const percentage = state.intent === undefined ? "unknown" : `${state.intent.percentage} %`;
  screen.title(`${capability}: flag ${flag} at ${percentage}, proved up to ${plan.provedPercentage} %`);
  screen.table(
    ["", "step", "evidence at this commit and configuration"],
    plan.steps.map((step) => [
      markOf(step, plan.next),
      stepTitle(step.step),
      step.evidence.map(evidenceWords).join("  "),
    ]),
  );
  screen.say(
    pc.dim(`  commit ${state.commit.slice(0, 24)}, configuration ${state.configuration.slice(0, 12)}`),
  );
  if (plan.unproved) {
    screen.warn(`${capability} stands above what was proved: somebody moved the flag by hand`);
    screen.next(`npm run banyan -- rollback ${capability} --to ${plan.provedPercentage}`);
  } else if (plan.next === undefined) {
    screen.good("every step is taken; rollback is still one command away");
  } else {
    screen.next(nextCommandOf(capability, plan.next));
  }
}

/** What to type for the next step: first what it lacks, then the step itself. */
export function nextCommandOf(capability: string, next: StepState): string {
  const lacking = next.evidence.filter(({ state }) => state !== "passed");
  if (lacking.length === 0) return `npm run banyan -- next ${capability}`;
  if (next.step.name === "sync")
    return `npm run banyan -- sync ${capability} && npm run banyan -- prove ${capability}`;
  return `npm run banyan -- prove ${capability}`;
}

function markOf(step: StepState, next: StepState | undefined): string {
  if (step.taken) return pc.green("✓");
  return step === next ? pc.cyan("→") : " ";
}

function evidenceWords({ kind, state, tries }: EvidenceState): string {
  const words = `${kind} ${state}${tries > 1 ? ` (${tries} tries)` : ""}`;
  if (state === "passed") return pc.green(words);
  return state === "failed" || state === "tries-used-up" ? pc.red(words) : pc.dim(words);
}
