import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Outcome } from "@banyan/evidence/duet/verdict.ts";
import type { Step } from "@banyan/evidence/gate/step.ts";
import type { Reconciliation } from "@banyan/platform/log/reconcile.ts";
import { compareCatalog } from "../capabilities/catalog.ts";
import { compareOwned } from "../capabilities/owned.ts";
import type { StackContext } from "../commands/context.ts";
import { asExpectedOf, type Gathered } from "./gathered.ts";

/** Reconciles the copy with its owner: zero differences, nothing behind, nothing quarantined. */
export async function gatherData(context: StackContext, step: Step, folder: string): Promise<Gathered> {
  const found = await compareSides(context, step.capability);
  await writeFile(join(folder, "reconciliation.json"), `${JSON.stringify(found, null, 2)}\n`, { flag: "wx" });
  const verdict = verdictOf(found);
  return {
    verdict,
    reasons: reasonsOf(found, step.capability),
    expected: [
      {
        what: "slots that differ",
        expected: "0 of 100",
        measured: `${found.different} of ${found.slots}`,
        asExpected: asExpectedOf(verdict),
      },
    ],
    figures: [
      {
        name: "slots equal at equal seq",
        value: `${found.equal} of ${found.slots}`,
        ok: found.equal === found.slots,
      },
      { name: "rows compared", value: String(found.rows), ok: null },
      { name: "slots behind", value: String(found.behind), ok: found.behind === 0 },
      { name: "slots not filled", value: String(found.unfilled), ok: found.unfilled === 0 },
      { name: "slots in quarantine", value: String(found.quarantined), ok: found.quarantined === 0 },
      { name: "largest lag", value: `${found.lagMax} changes`, ok: found.lagMax === 0 },
    ],
    load: null,
  };
}

/** @throws BYN-CLI-016 */
export function compareSides(context: StackContext, capability: string): Promise<Reconciliation> {
  const { addresses, signal, screen } = context;
  if (capability === "catalog") return compareCatalog(addresses, signal);
  const onProgress = (done: number, of: number) =>
    screen.progress("comparing both sides", done / of, `${done} of ${of} slots`);
  return compareOwned(addresses, capability, { signal, onProgress });
}

/** A difference is a fail; what could not be compared is no pass. */
export function verdictOf(found: Reconciliation): Outcome {
  if (found.different > 0 || found.quarantined > 0 || found.reference.length > 0) return "fail";
  return found.zero ? "pass" : "inconclusive";
}

function reasonsOf(found: Reconciliation, capability: string): string[] {
  if (found.zero) return [`All ${found.slots} slots hold the same ${found.rows} rows on both sides.`];
  const parts = [
    found.different > 0 ? `${found.different} slots differ and are quarantined` : "",
    found.quarantined > found.different ? `${found.quarantined} slots are in quarantine` : "",
    found.unfilled > 0
      ? `${found.unfilled} slots are not filled yet (npm run banyan -- sync ${capability})`
      : "",
    found.behind > 0 ? `${found.behind} slots did not catch up in time` : "",
    found.reference.length > 0 ? `the categories differ in ${found.reference.length} places` : "",
  ].filter((part) => part !== "");
  const examples = found.differences
    .flatMap(({ slot, first }) => first.map((difference) => `slot ${slot}: ${JSON.stringify(difference)}`))
    .slice(0, 3);
  return [`${parts.join("; ")}.`, ...examples];
}
