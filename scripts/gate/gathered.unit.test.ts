import { exampleLoad } from "@banyan/evidence/bundle/example-bundle.ts";
import { describe, expect, it } from "vitest";
import { asExpectedOf, comparedWith, expectAtMost, type LoadExpectation } from "./gathered.ts";

const certainly = (asExpected: boolean): LoadExpectation => ({
  what: "every answer is right",
  expected: "0 wrong answers",
  read: () => ({ measured: "0 of 0", asExpected, certain: !asExpected }),
});
const faster = expectAtMost("p50", 0.8, "faster");
const settled = exampleLoad();
const unsettled = exampleLoad({ latenessMs: 60 });

describe("comparedWith", () => {
  it("says of a run that settles something whether it came as expected", () => {
    expect(settled.verdict.verdict).toBe("pass");
    expect(comparedWith([faster, expectAtMost("p50", 0.5, "much faster")], settled)).toMatchObject([
      { measured: expect.stringContaining("× 0.7"), asExpected: true },
      { asExpected: false },
    ]);
  });

  it("keeps no promise under an inconclusive verdict, whatever the figures say", () => {
    expect(unsettled.verdict.verdict).toBe("inconclusive");
    const [one, two] = comparedWith([faster, certainly(true)], unsettled);
    expect(one).toMatchObject({ measured: expect.stringContaining("×"), asExpected: null });
    expect(two).toMatchObject({ measured: "0 of 0", asExpected: null });
  });

  it("does not excuse a wrong answer that was seen by an inconclusive verdict", () => {
    expect(comparedWith([certainly(false)], unsettled)).toMatchObject([{ asExpected: false }]);
  });

  it("does not settle by a measure that is inconclusive itself", () => {
    const measures = settled.verdict.measures.map((m) => ({ ...m, outcome: "inconclusive" as const }));
    const load = { ...settled, verdict: { ...settled.verdict, verdict: "fail" as const, measures } };
    expect(comparedWith([faster], load)).toMatchObject([{ asExpected: null }]);
  });
});

describe("asExpectedOf", () => {
  it("leaves an inconclusive comparison open: no difference among too few requests is no proof", () => {
    expect((["pass", "fail", "inconclusive"] as const).map(asExpectedOf)).toEqual([true, false, null]);
  });
});
