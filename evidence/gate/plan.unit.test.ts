import { describe, expect, it } from "vitest";
import type { EvidenceKind } from "../bundle/bundle.ts";
import type { Outcome } from "../duet/verdict.ts";
import { appendEntry, type LedgerEntry, type NewEntry } from "../ledger/entry.ts";
import { stepKeySchema } from "../ledger/step-key.ts";
import { decideNext, type GateState, planFor } from "./plan.ts";
import { type Step, stepKey, stepsOf } from "./step.ts";

const steps = stepsOf({
  capability: "catalog",
  rungs: [1, 10, 100],
  requires: ["load", "parity", "data"],
  owned: false,
});
const [facade, sync, one, ten] = steps as [Step, Step, Step, Step, Step];
const at = "2026-11-22T12:00:00.000Z";
const of = { configuration: "c".repeat(64), commit: "abc" };

/** A ledger written like a person would: bundle ids are counted. */
function book() {
  const entries: LedgerEntry[] = [];
  let bundles = 0;
  const add = (entry: NewEntry) => entries.push(appendEntry(entries.at(-1) ?? null, entry));
  const evidence = (step: Step, kind: EvidenceKind, verdict: Outcome, attempt: 1 | 2 | 3 = 1, under = of) => {
    const id = `00000000-0000-7000-8000-${String(++bundles).padStart(12, "0")}`;
    const bundle = { id, hash: "b".repeat(64), kind };
    add({
      at,
      kind: "evidence",
      body: { bundle, key: stepKey(step, under), verdict, attempt, reason: "because" },
    });
    return id;
  };
  const take = (step: Step, from: number) => {
    const ids = step.requires.map((kind) => evidence(step, kind, "pass"));
    add({ at, kind: "step", body: { key: stepKey(step, of), from, to: step.percentage, bundles: ids } });
  };
  const rollback = (from: number, to: number, rehearsal: boolean) =>
    add({ at, kind: "rollback", body: { capability: "catalog", from, to, rehearsal, why: "to see it" } });
  const state = (percentage: number | undefined, kill = false): GateState => ({
    entries,
    intent: percentage === undefined ? undefined : { percentage, kill },
    ...of,
  });
  return { evidence, take, rollback, state };
}

const decide = (state: GateState) => decideNext(planFor(steps, state), state);

describe("the gate", () => {
  it("begins with the façade, then the sync, then the rungs", () => {
    expect(steps.map(({ name, percentage }) => `${name} ${percentage}`)).toEqual([
      "facade 0",
      "sync 0",
      "ramp 1",
      "ramp 10",
      "ramp 100",
    ]);
  });

  it("names each step by a key that the ledger takes as it is", () => {
    const { state } = book();
    for (const { key } of planFor(steps, state(0)).steps) expect(stepKeySchema.parse(key)).toEqual(key);
  });

  it("refuses a step without evidence and says which is missing", () => {
    const { state, take } = book();
    take(facade, 0);
    take(sync, 0);
    const decision = decide(state(0));
    expect(decision).toMatchObject({ verdict: "refuse", because: "evidence" });
    expect(decision).toMatchObject({ words: expect.stringContaining("load: not taken yet") });
    expect(decision).toMatchObject({ words: expect.stringContaining("parity: not taken yet") });
  });

  it("lets a step pass when each kind of evidence passed for exactly it", () => {
    const { state, take, evidence } = book();
    take(facade, 0);
    take(sync, 0);
    const ids = one.requires.map((kind) => evidence(one, kind, "pass"));
    expect(decide(state(0))).toMatchObject({ verdict: "pass", bundles: ids, step: { step: one } });
  });

  it.each([
    ["another percentage", ten, of],
    ["another configuration", one, { ...of, configuration: "d".repeat(64) }],
    ["another commit", one, { ...of, commit: "def" }],
  ])("does not take evidence of %s", (_what, step, under) => {
    const { state, take, evidence } = book();
    take(facade, 0);
    take(sync, 0);
    for (const kind of one.requires) evidence(step, kind, "pass", 1, under);
    expect(decide(state(0))).toMatchObject({ verdict: "refuse", because: "evidence" });
  });

  it.each([
    ["one fail among passes", ["pass", "fail"] as const, "failed"],
    [
      "three inconclusive tries",
      ["inconclusive", "inconclusive", "inconclusive"] as const,
      "inconclusive three times",
    ],
    ["an inconclusive try", ["inconclusive"] as const, "inconclusive so far"],
  ])("refuses on %s", (_what, verdicts, words) => {
    const { state, take, evidence } = book();
    take(facade, 0);
    take(sync, 0);
    evidence(one, "parity", "pass");
    evidence(one, "data", "pass");
    for (const [index, verdict] of verdicts.entries())
      evidence(one, "load", verdict, (index + 1) as 1 | 2 | 3);
    expect(decide(state(0))).toMatchObject({
      verdict: "refuse",
      words: expect.stringContaining(`load: ${words}`),
    });
  });

  it("refuses while the flag stands above what was proved, and says so", () => {
    const { state, take } = book();
    take(facade, 0);
    take(sync, 0);
    take(one, 0);
    expect(planFor(steps, state(50))).toMatchObject({ unproved: true, provedPercentage: 1, next: undefined });
    expect(decide(state(50))).toMatchObject({ verdict: "refuse", because: "unproved" });
  });

  it("goes on from where the flag was moved down to by hand", () => {
    const { state, take } = book();
    take(facade, 0);
    take(sync, 0);
    take(one, 0);
    take(ten, 1);
    expect(planFor(steps, state(1))).toMatchObject({ unproved: false, next: { step: ten } });
    expect(decide(state(1))).toMatchObject({ verdict: "pass", step: { step: ten } });
  });

  it("keeps its proof through a rehearsed rollback and loses it in a real one", () => {
    const rehearsed = book();
    const real = book();
    for (const { take, rollback } of [rehearsed, real]) {
      take(facade, 0);
      take(sync, 0);
      take(one, 0);
      rollback(1, 0, rehearsed.rollback === rollback);
    }
    expect(decide(rehearsed.state(0))).toMatchObject({ verdict: "pass", step: { step: one } });
    expect(decide(real.state(0))).toMatchObject({ verdict: "refuse", because: "evidence" });
  });

  it("does nothing when intent is unknown, which is not 0 %, or the kill switch is on", () => {
    const { state } = book();
    expect(decide(state(undefined))).toMatchObject({ verdict: "refuse", because: "intent-unknown" });
    expect(decide(state(0, true))).toMatchObject({ verdict: "refuse", because: "killed" });
  });

  it("has nothing left at the top", () => {
    const { state, take } = book();
    for (const step of steps) take(step, 0);
    expect(decide(state(100))).toMatchObject({ verdict: "refuse", because: "nothing-left" });
  });
});
