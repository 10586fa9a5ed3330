import type { Bundle } from "../bundle/bundle.ts";
import { appendEntry, type LedgerEntry, lineOf, type NewEntry } from "./entry.ts";
import { evidenceEntry } from "./evidence-entry.ts";
import { stepKeyOf } from "./step-key.ts";

/** The entries of a chain made of these, for tests and for trying the report. */
export function exampleLedger(news: readonly NewEntry[]): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const entry of news) entries.push(appendEntry(entries.at(-1) ?? null, entry));
  return entries;
}

export function linesOf(entries: readonly LedgerEntry[]): string[] {
  return entries.map(lineOf);
}

/** As it is written the moment that the bundle was ended. */
export function exampleEntry(bundle: Bundle): NewEntry {
  return evidenceEntry(bundle, bundle.endedAt);
}

/** The flag was moved to a bundle's percentage because of it. */
export function stepEntry(bundle: Bundle, from: number): NewEntry {
  const key = stepKeyOf(bundle);
  if (key === null) throw new Error("a plain compare lets no step pass");
  return { at: bundle.endedAt, kind: "step", body: { key, from, to: key.percentage, bundles: [bundle.id] } };
}

export function rollbackEntry(from: number, to: number, rehearsal = false): NewEntry {
  const why = rehearsal ? "rehearsal: taken back and forward once" : "orders were late";
  return {
    at: "2026-11-22T17:00:00.000Z",
    kind: "rollback",
    body: { capability: "catalog", from, to, rehearsal, why },
  };
}
