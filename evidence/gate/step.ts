import type { EvidenceKind } from "../bundle/bundle.ts";
import type { StepKey } from "../ledger/step-key.ts";

/**
 * `facade`: the proxy stands in front, at 0 % · `sync`: the copy is filled and follows · `ramp`: the next rung of
 * the ladder. Only `ramp` moves the flag.
 */
export type StepName = "facade" | "sync" | "ramp";

/** One guarded change of a capability. */
export interface Step {
  readonly capability: string;
  readonly name: StepName;
  /** What the flag says once the step is taken, 0…100. */
  readonly percentage: number;
  /** The kinds of evidence that must pass before it is taken. */
  readonly requires: readonly EvidenceKind[];
}

/** What `banyan.yaml` says of a capability, as far as its steps go. */
export interface Ladder {
  readonly capability: string;
  /** Rising percentages, the last one 100. */
  readonly rungs: readonly number[];
  /** Kinds of evidence that each rung needs. */
  readonly requires: readonly EvidenceKind[];
  /**
   * Its writes move with its slots (design §5). It has no façade step: the proxy stands in front of the shop already, and
   * what it costs is no capability's own.
   */
  readonly owned: boolean;
}

/** The steps from a monolith alone to 100 %, in the order in which they are taken. */
export function stepsOf({ capability, rungs, requires, owned }: Ladder): Step[] {
  return [
    ...(owned ? [] : [{ capability, name: "facade", percentage: 0, requires: ["load"] } as const]),
    ...(requires.includes("data")
      ? [{ capability, name: "sync", percentage: 0, requires: ["data"] } as const]
      : []),
    ...rungs.map((percentage) => ({ capability, name: "ramp", percentage, requires }) as const),
  ];
}

/** Evidence is for exactly this (design §7). */
export function stepKey(
  { capability, name, percentage }: Step,
  { configuration, commit }: { readonly configuration: string; readonly commit: string },
): StepKey {
  return { capability, step: name, percentage, configuration, commit };
}

/** How people call a step: `catalog façade`, `catalog 10 %`. */
export function stepTitle(step: Pick<Step, "capability" | "name" | "percentage">): string {
  if (step.name === "facade") return `${step.capability} façade`;
  if (step.name === "sync") return `${step.capability} sync`;
  return `${step.capability} ${step.percentage} %`;
}
