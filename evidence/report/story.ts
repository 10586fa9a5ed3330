import type { Bundle } from "../bundle/bundle.ts";
import type { Outcome } from "../duet/verdict.ts";
import type { EntryOf, LedgerEntry } from "../ledger/entry.ts";
import { lastProvedRung } from "../ledger/queries.ts";
import { stepTitle } from "./figures.ts";

export type RungState = "taken" | "rehearsed" | "taken-back" | "not-taken";

/** One step of a capability, with all that the ledger says of it. */
export interface Rung {
  readonly title: string;
  readonly percentage: number;
  readonly state: RungState;
  readonly tries: readonly { readonly entry: EntryOf<"evidence">; readonly bundle: Bundle | null }[];
  /** The last verdict for it; null if none was taken. */
  readonly verdict: Outcome | null;
}

/** What became of one capability, from the ledger alone. */
export interface Story {
  readonly capability: string;
  readonly headline: string;
  /** Where the flag was last seen or put; null if never. */
  readonly percentage: number | null;
  readonly proved: number;
  readonly rungs: readonly Rung[];
}

/** One story for each capability of the ledger, in order of appearance. */
export function storiesOf(entries: readonly LedgerEntry[], bundles: readonly Bundle[]): Story[] {
  const names = new Set(entries.flatMap((entry) => capabilityOf(entry) ?? []));
  return [...names].map((name) => storyOf(name, entries, bundles));
}

function storyOf(capability: string, all: readonly LedgerEntry[], bundles: readonly Bundle[]): Story {
  const entries = all.filter((entry) => capabilityOf(entry) === capability);
  const percentage = entries.reduce<number | null>((at, { kind, body }) => {
    return kind === "step" || kind === "rollback" || kind === "manual" ? body.to : at;
  }, null);
  const proved = lastProvedRung(all, capability);
  const steps = Map.groupBy(
    entries.filter((entry) => entry.kind === "evidence" || entry.kind === "step"),
    (entry) => `${entry.body.key?.step}\n${entry.body.key?.percentage}`,
  );
  const rungs = [...steps.values()]
    .map((of) => rungOf(of, entries, bundles))
    .sort((a, b) => a.percentage - b.percentage);
  return { capability, headline: headlineOf(percentage, proved), percentage, proved, rungs };
}

function rungOf(
  of: readonly (EntryOf<"evidence"> | EntryOf<"step">)[],
  entries: readonly LedgerEntry[],
  bundles: readonly Bundle[],
): Rung {
  const key = of[0]?.body.key;
  const percentage = key?.percentage ?? 0;
  const tries = of
    .filter((entry) => entry.kind === "evidence")
    .map((entry) => ({ entry, bundle: bundles.find(({ id }) => id === entry.body.bundle.id) ?? null }));
  const taken = of.findLast((entry) => entry.kind === "step")?.seq ?? null;
  const firstTaken = of.find((entry) => entry.kind === "step")?.seq ?? Number.POSITIVE_INFINITY;
  const back = entries.filter(
    (entry) => entry.kind === "rollback" && entry.seq > firstTaken && entry.body.to < percentage,
  );
  return {
    title: stepTitle({ name: key?.step ?? "", percentage }),
    percentage,
    state: stateOf(taken, back),
    tries,
    verdict: tries.at(-1)?.entry.body.verdict ?? null,
  };
}

/** A rehearsal takes back and forward again; that is told, but the rung stays taken. */
function stateOf(taken: number | null, back: readonly LedgerEntry[]): RungState {
  if (taken === null) return "not-taken";
  const real = back.some((entry) => entry.kind === "rollback" && !entry.body.rehearsal && entry.seq > taken);
  if (real) return "taken-back";
  return back.length > 0 ? "rehearsed" : "taken";
}

function headlineOf(percentage: number | null, proved: number): string {
  if (percentage === null) return "nothing was moved";
  if (percentage > proved) return `at ${percentage} %, but only ${proved} % is proved`;
  if (percentage === 0) return "all on the monolith";
  return percentage < proved
    ? `at ${percentage} %, ${proved} % is proved`
    : `at ${percentage} %, each rung proved`;
}

function capabilityOf({ kind, body }: LedgerEntry): string | null {
  return kind === "evidence" || kind === "step" ? (body.key?.capability ?? null) : body.capability;
}
