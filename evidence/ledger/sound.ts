import type { LedgerEntry } from "./entry.ts";
import type { BundleProblem } from "./verify-bundles.ts";

/**
 * The entries as the gate may read them. A pass whose bundle is missing or was changed proves nothing any more and
 * counts as a try that told nothing; a fail stands, whatever became of its bundle. In memory only: the ledger says
 * what it said.
 */
export function soundEntries(
  entries: readonly LedgerEntry[],
  problems: readonly BundleProblem[],
): readonly LedgerEntry[] {
  const unsound = new Set(problems.map(({ bundle }) => bundle));
  return entries.map((entry) => {
    if (entry.kind !== "evidence" || entry.body.verdict !== "pass") return entry;
    if (!unsound.has(entry.body.bundle.id)) return entry;
    return { ...entry, body: { ...entry.body, verdict: "inconclusive" } };
  });
}
