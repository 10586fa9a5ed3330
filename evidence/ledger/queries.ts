import type { EvidenceKind } from "../bundle/bundle.ts";
import type { EntryOf, LedgerEntry } from "./entry.ts";
import { type StepKey, sameStepKey } from "./step-key.ts";

/** A verdict has at most this many tries, each with its share of α (evidence.md). */
const MAX_TRIES = 3;

/**
 * Evidence for exactly this step that still counts, oldest first. What was taken before a real rollback of the
 * capability counts no more: what went wrong then was not seen by it.
 *
 * @param entries a verified ledger (`verifyLedger`)
 */
export function countingEvidence(entries: readonly LedgerEntry[], key: StepKey): EntryOf<"evidence">[] {
  const since = lastRealRollback(entries, key.capability);
  return entries.filter(
    (entry): entry is EntryOf<"evidence"> =>
      entry.kind === "evidence" &&
      entry.seq > since &&
      entry.body.key !== null &&
      sameStepKey(entry.body.key, key),
  );
}

/** The tries of one kind of evidence for this step, oldest first. */
export function triesOf(
  entries: readonly LedgerEntry[],
  key: StepKey,
  kind: EvidenceKind = "load",
): EntryOf<"evidence">[] {
  return countingEvidence(entries, key).filter((entry) => entry.body.bundle.kind === kind);
}

/** What may be done next for a step: a try with its number, or nothing more, and why. */
export type NextTry =
  | { readonly may: true; readonly attempt: 1 | 2 | 3 }
  | { readonly may: false; readonly because: "passed" | "failed" | "tries-used-up" };

/** `inconclusive` may be taken again twice; a pass or a fail stands until the commit or configuration changes. */
export function nextTry(entries: readonly LedgerEntry[], key: StepKey, kind: EvidenceKind = "load"): NextTry {
  const tries = triesOf(entries, key, kind);
  if (tries.some((entry) => entry.body.verdict === "fail")) return { may: false, because: "failed" };
  if (tries.some((entry) => entry.body.verdict === "pass")) return { may: false, because: "passed" };
  if (tries.length >= MAX_TRIES) return { may: false, because: "tries-used-up" };
  return { may: true, attempt: tries.length === 0 ? 1 : tries.length === 1 ? 2 : 3 };
}

/**
 * The bundles that let this step pass: a passing try of each kind, and none of a kind that also failed — somebody
 * took it once too often.
 */
export function passingBundlesFor(entries: readonly LedgerEntry[], key: StepKey): EntryOf<"evidence">[] {
  const counting = countingEvidence(entries, key);
  const failed = new Set(
    counting.filter((entry) => entry.body.verdict === "fail").map((entry) => entry.body.bundle.kind),
  );
  return counting.filter((entry) => entry.body.verdict === "pass" && !failed.has(entry.body.bundle.kind));
}

/**
 * The percentage up to which a capability was moved with passing evidence, and not taken back since; 0 at first.
 * A rehearsal takes nothing away, a hand-made change proves nothing. With `of`, only steps under that
 * configuration or commit count.
 */
export function lastProvedRung(
  entries: readonly LedgerEntry[],
  capability: string,
  of: { readonly configuration?: string; readonly commit?: string } = {},
): number {
  let proved = 0;
  for (const [index, entry] of entries.entries()) {
    if (entry.kind === "rollback" && entry.body.capability === capability && !entry.body.rehearsal) {
      proved = Math.min(proved, entry.body.to);
    }
    if (entry.kind !== "step" || entry.body.key.capability !== capability) continue;
    const { key } = entry.body;
    if (of.configuration !== undefined && key.configuration !== of.configuration) continue;
    if (of.commit !== undefined && key.commit !== of.commit) continue;
    if (wasProved(entries.slice(0, index), entry)) proved = Math.max(proved, entry.body.to);
  }
  return proved;
}

/** True if each bundle that a step names let exactly this step pass at the time. */
function wasProved(before: readonly LedgerEntry[], step: EntryOf<"step">): boolean {
  const { key, to, bundles } = step.body;
  const passing = new Set(passingBundlesFor(before, key).map((entry) => entry.body.bundle.id));
  return key.percentage === to && bundles.every((id) => passing.has(id));
}

/** `seq` of the last rollback that took something back, else 0: one from 1 % to 1 % must not give new tries. */
export function lastRealRollback(entries: readonly LedgerEntry[], capability: string): number {
  const last = entries.findLast(
    (entry) =>
      entry.kind === "rollback" &&
      entry.body.capability === capability &&
      !entry.body.rehearsal &&
      entry.body.to < entry.body.from,
  );
  return last?.seq ?? 0;
}

/** Whether the way back from this rung was rehearsed since the capability last went back for good. */
export function isRehearsed(
  entries: readonly LedgerEntry[],
  capability: string,
  percentage: number,
): boolean {
  const since = lastRealRollback(entries, capability);
  return entries.some(
    (entry) =>
      entry.kind === "rollback" &&
      entry.seq > since &&
      entry.body.capability === capability &&
      entry.body.rehearsal &&
      entry.body.from === percentage,
  );
}
