import * as z from "zod";
import type { Bundle } from "../bundle/bundle.ts";

/** What evidence is for: one step, percentage, configuration and commit (design §7). Another needs its own. */
export const stepKeySchema = z.strictObject({
  capability: z.string().min(1).max(100),
  step: z.string().min(1).max(100),
  percentage: z.number().min(0).max(100),
  /** SHA-256 of banyan.yaml. */
  configuration: z.string().regex(/^[0-9a-f]{64}$/),
  /** The commit, and `+` with a hash of what was changed but not committed. */
  commit: z.string().min(1).max(201),
});
export type StepKey = z.infer<typeof stepKeySchema>;

/** The key of a bundle's step; null for a plain compare. */
export function stepKeyOf(bundle: Pick<Bundle, "step" | "configuration" | "commit">): StepKey | null {
  if (bundle.step === null) return null;
  return {
    capability: bundle.step.capability,
    step: bundle.step.name,
    percentage: bundle.step.percentage,
    configuration: bundle.configuration.hash,
    commit: commitText(bundle.commit),
  };
}

export function commitText(commit: Bundle["commit"]): string {
  return commit.dirty === null ? commit.id : `${commit.id}+${commit.dirty}`;
}

export function sameStepKey(a: StepKey, b: StepKey): boolean {
  return (
    a.capability === b.capability &&
    a.step === b.step &&
    a.percentage === b.percentage &&
    a.configuration === b.configuration &&
    a.commit === b.commit
  );
}
