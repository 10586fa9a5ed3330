import { evidenceEntry } from "@banyan/evidence/ledger/evidence-entry.ts";
import { unnamedBundles } from "@banyan/evidence/ledger/verify-bundles.ts";
import { listBundles, readBundle } from "@banyan/platform/records/bundle-folder.ts";
import { appendToLedger, readLedger, requireWhole } from "@banyan/platform/records/ledger-file.ts";
import type { StackContext } from "../commands/context.ts";

/**
 * Writes the ledger entries that a crash between sealing a bundle and appending its entry has left out, so that no
 * verdict gets lost, a fail least of all. Only of bundles newer than the ledger's end: an older one can't come from
 * such a crash, and `report` names it. Under the step lock.
 */
export async function adoptSealed({ places, screen }: StackContext): Promise<void> {
  const entries = requireWhole(await readLedger(places.ledger));
  const endedAt = entries.at(-1)?.at ?? "";
  for (const { bundle: id } of unnamedBundles(entries, await listBundles(places.evidence))) {
    const reading = await readBundle(places.evidence, id);
    if (!reading.found || reading.changedFiles.length > 0 || reading.bundle.endedAt <= endedAt) continue;
    const { bundle } = reading;
    // A comparison of no step takes no lock: it may be about to write its own entry.
    if (bundle.step === null) continue;
    screen.warn(
      `bundle ${id} (${bundle.kind}: ${bundle.verdict}) was sealed, but not in the ledger: it is now`,
    );
    await appendToLedger(places.ledger, evidenceEntry(bundle, new Date().toISOString()));
  }
}
