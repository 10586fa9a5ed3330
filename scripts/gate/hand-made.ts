import type { EntryOf, LedgerEntry } from "@banyan/evidence/ledger/entry.ts";
import { appendToLedger } from "@banyan/platform/records/ledger-file.ts";
import type { StackContext } from "../commands/context.ts";
import type { Standing } from "./standing.ts";

/** Where the ledger last saw a flag; 0 before anything. */
export function lastSeen(entries: readonly LedgerEntry[], capability: string): number {
  const last = entries.findLast((entry): entry is EntryOf<"step" | "rollback" | "manual"> => {
    if (entry.kind === "step") return entry.body.key.capability === capability;
    return (entry.kind === "rollback" || entry.kind === "manual") && entry.body.capability === capability;
  });
  return last?.body.to ?? 0;
}

/** A flag that stands where no step or rollback put it was moved by a person: that goes into the ledger, once. */
export async function noteHandMade(
  { places }: StackContext,
  { capability, state, plan }: Standing,
): Promise<boolean> {
  const now = state.intent?.percentage;
  const before = lastSeen(state.entries, capability);
  if (now === undefined || now === before) return false;
  const what = plan.unproved
    ? `up, past the last proved rung (${plan.provedPercentage} %): unproved`
    : "within what was proved";
  await appendToLedger(places.ledger, {
    at: new Date().toISOString(),
    kind: "manual",
    body: { capability, from: before, to: now, by: null, what },
  });
  return true;
}
