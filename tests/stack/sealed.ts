import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exampleDraft } from "@banyan/evidence/bundle/example-bundle.ts";
import { sealedConfiguration } from "@banyan/evidence/bundle/sealed-configuration.ts";
import type { Step } from "@banyan/evidence/gate/step.ts";
import { evidenceEntry } from "@banyan/evidence/ledger/evidence-entry.ts";
import { openBundle } from "@banyan/platform/records/bundle-folder.ts";
import { appendToLedger } from "@banyan/platform/records/ledger-file.ts";
import { readCommit } from "@banyan/scripts/gate/commit.ts";
import { ROOT } from "./stack.ts";

/**
 * Seals an imagined bundle for a step, as a run of minutes would, and writes its entry into the ledger; without the
 * entry it is what a crash between the two leaves. Answers the bundle's folder.
 */
export async function sealImagined(
  home: string,
  of: { readonly name: Step["name"]; readonly kind: "load" | "data"; readonly ratio?: number },
  entry: "with its entry" | "without its entry",
): Promise<string> {
  const { kind, name, ratio = 0.7 } = of;
  const now = new Date().toISOString();
  const { load, ...draft } = exampleDraft(0, { ratio });
  const root = join(home, "evidence");
  const open = await openBundle(root, { nowMs: Date.now(), random: randomBytes(16), secrets: [] });
  const sealed = await open.seal({
    ...draft,
    kind,
    step: { capability: "catalog", name, percentage: 0 },
    commit: await readCommit(ROOT),
    configuration: sealedConfiguration(readFileSync(join(ROOT, "banyan.yaml"), "utf8")),
    load: kind === "load" ? load : null,
    startedAt: now,
    endedAt: now,
  });
  const { bundle, folder } = sealed;
  if (entry === "with its entry") {
    await appendToLedger(join(home, "ledger.jsonl"), evidenceEntry(bundle, new Date().toISOString()));
  }
  return folder;
}
