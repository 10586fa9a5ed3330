import type { GateState } from "@banyan/evidence/gate/plan.ts";
import type { EntryOf, LedgerEntry } from "@banyan/evidence/ledger/entry.ts";
import { appendToLedger } from "@banyan/platform/records/ledger-file.ts";
import type { CommandContext } from "../commands/context.ts";

/** Where the ledger last saw a flag; 0 before anything. */
export function lastSeen(entries: readonly LedgerEntry[], capability: string): number {
  const last = entries.findLast((entry): entry is EntryOf<"step" | "rollback" | "manual"> => {
    if (entry.kind === "step") return entry.body.key.capability === capability;
    return (entry.kind === "rollback" || entry.kind === "manual") && entry.body.capability === capability;
  });
  return last?.body.to ?? 0;
}

/** A flag as it is now, and what the ledger knows of it. */
export interface SeenFlag {
  readonly capability: string;
  /** Undefined when it can't be known. */
  readonly intent: GateState["intent"];
  readonly entries: readonly LedgerEntry[];
  readonly provedPercentage: number;
  /** True when it stands above what was proved. */
  readonly unproved: boolean;
}

/** A flag that stands where no step or rollback put it was moved by a person: that goes into the ledger, once. */
export async function noteHandMade(
  { places }: Pick<CommandContext, "places">,
  { capability, intent, entries, unproved, provedPercentage }: SeenFlag,
): Promise<boolean> {
  const now = intent?.percentage;
  const before = lastSeen(entries, capability);
  if (now === undefined || now === before) return false;
  const what = unproved
    ? `up, past the last proved rung (${provedPercentage} %): unproved`
    : "within what was proved";
  await appendToLedger(places.ledger, {
    at: new Date().toISOString(),
    kind: "manual",
    body: { capability, from: before, to: now, by: null, what },
  });
  return true;
}
