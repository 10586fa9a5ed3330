import { describe, expect, it } from "vitest";
import type { Bundle } from "../bundle/bundle.ts";
import { exampleBundle, exampleDraft } from "../bundle/example-bundle.ts";
import { exampleEntry, exampleLedger, rollbackEntry, stepEntry } from "./example-ledger.ts";
import { isRehearsed, lastProvedRung, nextTry, passingBundlesFor, triesOf } from "./queries.ts";
import { type StepKey, stepKeyOf } from "./step-key.ts";

const one = exampleBundle(exampleDraft(1));
const ten = exampleBundle(exampleDraft(10));
const unsure = [1, 2, 3].map((attempt) =>
  exampleBundle(exampleDraft(10, { latenessMs: 60 }, attempt as 1 | 2 | 3)),
);
const slow = exampleBundle(exampleDraft(10, { ratio: 1.3 }, 2));

function keyOf(bundle: Bundle): StepKey {
  const key = stepKeyOf(bundle);
  if (key === null) throw new Error("the example belongs to a step");
  return key;
}
const key = keyOf(ten);
const idsOf = (entries: ReturnType<typeof passingBundlesFor>): string[] =>
  entries.map((e) => e.body.bundle.id);

describe("passingBundlesFor", () => {
  const ledger = exampleLedger([exampleEntry(one), exampleEntry(ten)]);

  it("gives the bundles of exactly this step, percentage, configuration and commit", () => {
    expect(idsOf(passingBundlesFor(ledger, key))).toEqual([ten.id]);
    const others: StepKey[] = [
      { ...key, capability: "orders" },
      { ...key, step: "facade" },
      { ...key, percentage: 50 },
      { ...key, configuration: "0".repeat(64) },
      { ...key, commit: `${key.commit}+dirty` },
    ];
    for (const other of others) expect(passingBundlesFor(ledger, other)).toEqual([]);
  });

  it("gives none that is inconclusive or failed, and none of a kind that failed once", () => {
    const after = exampleLedger([unsure[0], slow].flatMap((b) => (b === undefined ? [] : [exampleEntry(b)])));
    expect(passingBundlesFor(after, key)).toEqual([]);
    expect(passingBundlesFor(exampleLedger([exampleEntry(slow), exampleEntry(ten)]), key)).toEqual([]);
  });

  it("counts no evidence from before a real rollback of that capability, but all from before a rehearsal", () => {
    const before = [exampleEntry(ten), stepEntry(ten, 1)];
    const rehearsed = exampleLedger([...before, rollbackEntry(10, 1, true)]);
    expect(idsOf(passingBundlesFor(rehearsed, key))).toEqual([ten.id]);
    expect(passingBundlesFor(exampleLedger([...before, rollbackEntry(10, 1)]), key)).toEqual([]);
    expect(idsOf(passingBundlesFor(exampleLedger([...before, rollbackEntry(1, 1)]), key))).toEqual([ten.id]);
    const elsewhere = { capability: "orders", from: 10, to: 0, rehearsal: false, why: "late" };
    const other = exampleLedger([...before, { at: one.endedAt, kind: "rollback", body: elsewhere }]);
    expect(idsOf(passingBundlesFor(other, key))).toEqual([ten.id]);
  });
});

describe("nextTry", () => {
  it("gives an inconclusive step two more tries, and then none", () => {
    expect(nextTry([], key)).toEqual({ may: true, attempt: 1 });
    const after = (tries: number) => exampleLedger(unsure.slice(0, tries).map(exampleEntry));
    expect(nextTry(after(1), key)).toEqual({ may: true, attempt: 2 });
    expect(nextTry(after(2), key)).toEqual({ may: true, attempt: 3 });
    expect(nextTry(after(3), key)).toEqual({ may: false, because: "tries-used-up" });
    expect(triesOf(after(3), key)).toHaveLength(3);
    expect(triesOf(after(3), key, "parity")).toEqual([]);
  });

  it("gives none after a pass or a fail, and three new ones after a real rollback", () => {
    expect(nextTry(exampleLedger([exampleEntry(ten)]), key)).toEqual({ may: false, because: "passed" });
    expect(nextTry(exampleLedger([exampleEntry(slow)]), key)).toEqual({ may: false, because: "failed" });
    const back = exampleLedger([exampleEntry(slow), rollbackEntry(1, 0)]);
    expect(nextTry(back, key)).toEqual({ may: true, attempt: 1 });
  });
});

describe("lastProvedRung", () => {
  const climbed = [exampleEntry(one), stepEntry(one, 0), exampleEntry(ten), stepEntry(ten, 1)];

  it("is the highest rung that was taken with passing evidence", () => {
    expect(lastProvedRung([], "catalog")).toBe(0);
    expect(lastProvedRung(exampleLedger(climbed), "catalog")).toBe(10);
    expect(lastProvedRung(exampleLedger(climbed), "orders")).toBe(0);
    expect(lastProvedRung(exampleLedger(climbed), "catalog", { commit: "other" })).toBe(0);
  });

  it("does not believe a step without passing evidence for it", () => {
    expect(lastProvedRung(exampleLedger([exampleEntry(one), stepEntry(ten, 1)]), "catalog")).toBe(0);
    const tooHigh = stepEntry(ten, 1);
    if (tooHigh.kind === "step") Object.assign(tooHigh, { body: { ...tooHigh.body, to: 100 } });
    expect(lastProvedRung(exampleLedger([exampleEntry(ten), tooHigh]), "catalog")).toBe(0);
  });

  it("goes down with a real rollback, and not with a rehearsal or a hand-made change", () => {
    expect(lastProvedRung(exampleLedger([...climbed, rollbackEntry(10, 1)]), "catalog")).toBe(1);
    expect(lastProvedRung(exampleLedger([...climbed, rollbackEntry(10, 1, true)]), "catalog")).toBe(10);
    const byHand = { capability: "catalog", from: 10, to: 100, by: "ada", what: "moved in Unleash" };
    const moved = exampleLedger([...climbed, { at: one.endedAt, kind: "manual", body: byHand }]);
    expect(lastProvedRung(moved, "catalog")).toBe(10);
  });
});

describe("isRehearsed", () => {
  const taken = [exampleEntry(ten), stepEntry(ten, 1)];
  const rehearsal = rollbackEntry(10, 1, true);

  it("is true of the rung that was left for a rehearsal, since the last real rollback", () => {
    expect(isRehearsed(exampleLedger(taken), "catalog", 10)).toBe(false);
    const rehearsed = exampleLedger([...taken, rehearsal]);
    expect(isRehearsed(rehearsed, "catalog", 10)).toBe(true);
    expect(isRehearsed(rehearsed, "catalog", 50)).toBe(false);
    expect(isRehearsed(rehearsed, "orders", 10)).toBe(false);
    expect(isRehearsed(exampleLedger([...taken, rehearsal, rollbackEntry(10, 1)]), "catalog", 10)).toBe(
      false,
    );
    expect(isRehearsed(exampleLedger([...taken, rollbackEntry(10, 1)]), "catalog", 10)).toBe(false);
  });
});
