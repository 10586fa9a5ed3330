import { describe, expect, it } from "vitest";
import { hashOf } from "../bundle/sha256.ts";
import { GENESIS, type LedgerEntry, lineOf } from "./entry.ts";
import { exampleLedger, linesOf } from "./example-ledger.ts";
import { splitLedger, verifyLedger } from "./verify.ts";

const notes = (count: number, about = "n"): LedgerEntry[] =>
  exampleLedger(
    Array.from({ length: count }, (_, i) => ({
      at: "2026-11-22T16:00:00.000Z",
      kind: "note",
      body: { capability: null, text: `${about} ${i + 1}` },
    })),
  );
const entries = notes(5);
const lines = linesOf(entries);

function brokenOf(changed: readonly string[]): {
  what: string;
  line: number;
  seq: number | null;
  before: number;
} {
  const reading = verifyLedger(changed);
  if (reading.ok) throw new Error("the ledger was believed");
  const { what, line, seq } = reading.broken;
  return { what, line, seq, before: reading.entries.length };
}

/** An entry changed by somebody who knows how to hash. */
function forged(entry: LedgerEntry, text: string): LedgerEntry {
  const { hash: _old, ...open } = { ...entry, kind: "note", body: { capability: null, text } };
  return { ...open, hash: hashOf(open) } as LedgerEntry;
}

describe("verifyLedger", () => {
  it("believes a whole chain, and an empty one", () => {
    expect(entries[0]?.prev).toBe(GENESIS);
    expect(verifyLedger(lines)).toEqual({ ok: true, entries, head: { seq: 5, hash: entries[4]?.hash } });
    expect(verifyLedger([])).toEqual({ ok: true, entries: [], head: null });
  });

  it("names a changed entry", () => {
    const changed = lines.with(2, lines[2]?.replace("n 3", "n 9") ?? "");
    expect(brokenOf(changed)).toEqual({ what: "changed", line: 3, seq: 3, before: 2 });
    const respelled = lines.with(1, (lines[1] ?? "").replace('"seq":2', '"seq": 2'));
    expect(brokenOf(respelled)).toMatchObject({ what: "changed", line: 2 });
  });

  it("names the entry after one that was changed and hashed anew", () => {
    const third = entries[2];
    if (third === undefined) throw new Error("five entries");
    const changed = lines.with(2, lineOf(forged(third, "a lie")));
    expect(brokenOf(changed)).toEqual({ what: "foreign", line: 4, seq: 4, before: 3 });
  });

  it("names a missing, a swapped, a doubled and an unreadable entry", () => {
    expect(brokenOf(lines.toSpliced(1, 1))).toEqual({ what: "missing", line: 2, seq: 3, before: 1 });
    expect(brokenOf(lines.toSpliced(0, 1))).toEqual({ what: "missing", line: 1, seq: 2, before: 0 });
    const swapped = [...lines.slice(0, 2), lines[3] ?? "", lines[2] ?? "", lines[4] ?? ""];
    expect(brokenOf(swapped)).toEqual({ what: "reordered", line: 3, seq: 4, before: 2 });
    expect(brokenOf(lines.toSpliced(2, 0, lines[1] ?? ""))).toEqual({
      what: "repeated",
      line: 3,
      seq: 2,
      before: 2,
    });
    expect(brokenOf(lines.with(3, "{}"))).toEqual({ what: "unreadable", line: 4, seq: null, before: 3 });
    expect(brokenOf([...lines, ""])).toMatchObject({ what: "unreadable", line: 6 });
  });

  it("names an entry grafted from another chain", () => {
    expect(brokenOf(lines.with(4, linesOf(notes(5, "other"))[4] ?? ""))).toMatchObject({
      what: "foreign",
      line: 5,
    });
  });

  it("finds a cut-off or wholly rewritten end only when the head is known from elsewhere", () => {
    const head = { seq: 5, hash: entries[4]?.hash ?? "" };
    expect(verifyLedger(lines.slice(0, 4)).ok).toBe(true);
    expect(verifyLedger(lines.slice(0, 4), head)).toMatchObject({
      ok: false,
      broken: { what: "cut-off", seq: 5 },
    });
    expect(verifyLedger(linesOf(notes(6, "rewritten")), head)).toMatchObject({
      ok: false,
      broken: { what: "foreign", seq: 5 },
    });
    expect(verifyLedger(linesOf(notes(7)), head).ok).toBe(true);
  });
});

it("tells half a line at the end from whole ones", () => {
  expect(splitLedger(`${lines.join("\n")}\n`)).toEqual({ lines, torn: "" });
  expect(splitLedger(`${lines[0]}\n{"at":`)).toEqual({ lines: [lines[0]], torn: '{"at":' });
  expect(splitLedger("")).toEqual({ lines: [], torn: "" });
});
