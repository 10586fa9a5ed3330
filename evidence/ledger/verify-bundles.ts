import type { Bundle } from "../bundle/bundle.ts";
import { bundleHash } from "../bundle/bundle-text.ts";
import type { EntryOf, LedgerEntry } from "./entry.ts";
import { sameStepKey, stepKeyOf } from "./step-key.ts";

/** What the disk says of one bundle. `changedFiles` are those whose bytes are not what bundle.json says. */
export type BundleReading =
  | { readonly found: true; readonly bundle: Bundle; readonly changedFiles: readonly string[] }
  | { readonly found: false; readonly why: "missing" | "unreadable"; readonly text: string };

export interface BundleProblem {
  readonly code: "BYN-EVIDENCE-024" | "BYN-EVIDENCE-025" | "BYN-EVIDENCE-026" | "BYN-EVIDENCE-032";
  readonly bundle: string;
  /** The ledger entry that names it; null where none does. */
  readonly seq: number | null;
  readonly text: string;
}

/** Holds each evidence entry against its bundle: there, unchanged, and saying what the ledger says of it. */
export async function verifyBundles(
  entries: readonly LedgerEntry[],
  read: (id: string) => Promise<BundleReading>,
): Promise<BundleProblem[]> {
  const problems: BundleProblem[] = [];
  for (const entry of entries) {
    if (entry.kind !== "evidence") continue;
    const problem = problemOf(entry, await read(entry.body.bundle.id));
    if (problem !== null) problems.push(problem);
  }
  return problems;
}

/** Bundles that no entry names: what a crash right after sealing leaves behind, or a cut ledger. */
export function unnamedBundles(
  entries: readonly LedgerEntry[],
  sealed: readonly string[],
): readonly BundleProblem[] {
  const named = new Set(entries.flatMap((e) => (e.kind === "evidence" ? [e.body.bundle.id] : [])));
  return sealed
    .filter((id) => !named.has(id))
    .map((bundle) => ({
      code: "BYN-EVIDENCE-032",
      bundle,
      seq: null,
      text: `No entry of the ledger names the sealed bundle ${bundle}.`,
    }));
}

function problemOf(entry: EntryOf<"evidence">, reading: BundleReading): BundleProblem | null {
  const { id, hash, kind } = entry.body.bundle;
  const at = { bundle: id, seq: entry.seq };
  if (!reading.found) {
    return {
      code: reading.why === "missing" ? "BYN-EVIDENCE-024" : "BYN-EVIDENCE-025",
      ...at,
      text: reading.text,
    };
  }
  const { bundle, changedFiles } = reading;
  const changed = (text: string): BundleProblem => ({ code: "BYN-EVIDENCE-026", ...at, text });
  if (bundle.id !== id) return changed(`The folder of bundle ${id} holds bundle ${bundle.id}.`);
  if (bundleHash(bundle) !== hash) return changed(`bundle.json of ${id} was changed after it was sealed.`);
  if (changedFiles.length > 0)
    return changed(`Changed or missing in bundle ${id}: ${changedFiles.join(", ")}.`);
  const key = stepKeyOf(bundle);
  const sameKey =
    key === null || entry.body.key === null ? key === entry.body.key : sameStepKey(key, entry.body.key);
  if (
    !sameKey ||
    bundle.verdict !== entry.body.verdict ||
    bundle.attempt !== entry.body.attempt ||
    bundle.kind !== kind
  ) {
    return changed(`Entry ${entry.seq} says something else of bundle ${id} than the bundle itself.`);
  }
  return null;
}
