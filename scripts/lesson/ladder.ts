import type { Bundle } from "@banyan/evidence/bundle/bundle.ts";
import { stepTitle } from "@banyan/evidence/gate/step.ts";
import type { EntryOf } from "@banyan/evidence/ledger/entry.ts";
import { readBundle } from "@banyan/platform/records/bundle-folder.ts";
import { readLedger, requireWhole } from "@banyan/platform/records/ledger-file.ts";
import type { StackContext } from "../commands/context.ts";
import { SERVED } from "../gate/load.ts";
import { intervalOf } from "../terminal/measures.ts";

/** The walk as one table: each try of load evidence, in order, with what it measured and who served it. */
export async function showLadder(context: StackContext, capability: string): Promise<void> {
  const { screen, places } = context;
  const entries = requireWhole(await readLedger(places.ledger));
  const tries = entries.filter(
    (entry): entry is EntryOf<"evidence"> =>
      entry.kind === "evidence" && entry.body.key?.capability === capability,
  );
  const rows: string[][] = [];
  for (const { body } of tries) {
    const reading = await readBundle(places.evidence, body.bundle.id);
    if (!reading.found || body.key === null) continue;
    const { step } = body.key;
    // A rung's cheap evidence gets a line only when it stopped the walk.
    if (body.bundle.kind !== "load" && step === "ramp" && body.verdict === "pass") continue;
    const title = stepTitle({
      capability,
      name: step as "facade" | "sync" | "ramp",
      percentage: body.key.percentage,
    });
    rows.push([title, body.bundle.kind, body.verdict, ...measured(reading.bundle)]);
  }
  screen.title("The walk");
  screen.table(
    [
      "step",
      "evidence",
      "verdict",
      "p50, b against a",
      "p95, b against a",
      "errors a / b",
      "served by monolith / extracted",
      "customers there",
    ],
    rows,
  );
  for (const entry of entries) {
    if (entry.kind === "rollback") {
      const { from, to, rehearsal, why } = entry.body;
      screen.say(`  rollback${rehearsal ? " (rehearsal)" : ""}: ${from} % → ${to} %: ${why}`);
    }
  }
}

function measured({ load, figures }: Bundle): string[] {
  if (load === null) return ["–", "–", "–", "–", "–"];
  const { measures, errors } = load.verdict;
  const of = (metric: string) => {
    const measure = measures.find((m) => m.metric === metric);
    return measure === undefined ? "–" : intervalOf(measure);
  };
  const served = (name: string) => figures.find((figure) => figure.name === name)?.value ?? "?";
  return [
    of("p50"),
    of("p95"),
    `${errors.a.bad} / ${errors.b.bad}`,
    `${served(SERVED.monolith)} / ${served(SERVED.extracted)}`,
    served(SERVED.customers),
  ];
}
