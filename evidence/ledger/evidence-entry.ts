import type { Bundle } from "../bundle/bundle.ts";
import { bundleHash } from "../bundle/bundle-text.ts";
import type { NewEntry } from "./entry.ts";
import { stepKeyOf } from "./step-key.ts";

/** A sentence of the ledger is no longer. */
const MAX_REASON = 2_000;

/** What the ledger says of a sealed bundle. `at` is when it says so (ISO 8601). */
export function evidenceEntry(bundle: Bundle, at: string): NewEntry {
  const { id, kind, verdict, attempt, reasons } = bundle;
  return {
    at,
    kind: "evidence",
    body: {
      bundle: { id, hash: bundleHash(bundle), kind },
      key: stepKeyOf(bundle),
      verdict,
      attempt,
      reason: (reasons[0] ?? verdict).slice(0, MAX_REASON),
    },
  };
}
