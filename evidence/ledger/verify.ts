import { entrySchema, GENESIS, hashOfEntry, type LedgerEntry, lineOf } from "./entry.ts";

export type Break = "unreadable" | "changed" | "missing" | "reordered" | "repeated" | "foreign" | "cut-off";

export interface BrokenEntry {
  readonly what: Break;
  /** Line of the file, from 1. */
  readonly line: number;
  /** What the line says it is; null where it can't be read. */
  readonly seq: number | null;
  /** One sentence for people. */
  readonly text: string;
}

/** Where a ledger is known to have been: the last entry that somebody noted elsewhere. */
export interface LedgerHead {
  readonly seq: number;
  readonly hash: string;
}

export type LedgerReading =
  | { readonly ok: true; readonly entries: readonly LedgerEntry[]; readonly head: LedgerHead | null }
  /** `entries` are those before the break: what they say still holds. */
  | { readonly ok: false; readonly entries: readonly LedgerEntry[]; readonly broken: BrokenEntry };

/** The whole lines of a ledger's text, and what stands after the last newline: half a line from a crash, or "". */
export function splitLedger(text: string): { lines: string[]; torn: string } {
  const lines = text.split("\n");
  const torn = lines.pop() ?? "";
  return { lines, torn };
}

/**
 * Walks the chain and names the first entry that does not hold. A chain can't tell that its last entries were cut
 * off; `knownHead` (from a bundle, a report, a note on paper) can.
 */
export function verifyLedger(lines: readonly string[], knownHead: LedgerHead | null = null): LedgerReading {
  const entries: LedgerEntry[] = [];
  for (const [index, line] of lines.entries()) {
    const broken = breakAt(lines, index, line, entries);
    if ("what" in broken) return { ok: false, entries, broken };
    entries.push(broken);
  }
  const cut = cutOff(entries, knownHead);
  if (cut !== null) return { ok: false, entries, broken: cut };
  const last = entries.at(-1);
  return { ok: true, entries, head: last === undefined ? null : { seq: last.seq, hash: last.hash } };
}

function breakAt(
  lines: readonly string[],
  index: number,
  line: string,
  before: readonly LedgerEntry[],
): LedgerEntry | BrokenEntry {
  const expected = index + 1;
  const entry = readLine(line);
  const at = { line: expected, seq: entry?.seq ?? null };
  if (entry === null) {
    return { what: "unreadable", ...at, text: `Line ${expected} is no ledger entry.` };
  }
  if (entry.hash !== hashOfEntry(entry) || lineOf(entry) !== line) {
    return {
      what: "changed",
      ...at,
      text: `Entry ${entry.seq} was changed: its hash is not that of its text.`,
    };
  }
  if (entry.seq < expected) {
    const text = `Entry ${entry.seq} stands in line ${expected}, after its own place: it is there twice.`;
    return { what: "repeated", ...at, text };
  }
  if (entry.seq > expected) {
    const later = lines.some((other, place) => place > index && readLine(other)?.seq === expected);
    return later
      ? { what: "reordered", ...at, text: `Entry ${entry.seq} stands in the place of entry ${expected}.` }
      : { what: "missing", ...at, text: `Entry ${expected} is missing before entry ${entry.seq}.` };
  }
  if (entry.prev !== (before.at(-1)?.hash ?? GENESIS)) {
    const text = `Entry ${entry.seq} does not follow the entry before it: one of the two is from another chain.`;
    return { what: "foreign", ...at, text };
  }
  return entry;
}

function cutOff(entries: readonly LedgerEntry[], known: LedgerHead | null): BrokenEntry | null {
  if (known === null) return null;
  const there = entries[known.seq - 1];
  if (there?.hash === known.hash) return null;
  const at = { line: known.seq, seq: known.seq };
  return there === undefined
    ? {
        what: "cut-off",
        ...at,
        text: `The ledger ends at entry ${entries.length}, but had entry ${known.seq}.`,
      }
    : {
        what: "foreign",
        ...at,
        text: `Entry ${known.seq} is not the one that was noted: the chain was rewritten.`,
      };
}

/** One line as an entry; null if it isn't one. Its hash is not checked here. */
export function readLine(line: string): LedgerEntry | null {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
