import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { describe, expect, test } from "vitest";
import type { Digest } from "./digest.ts";
import { type Difference, exampleDigest } from "./example-digest.ts";
import { judgeDigest, lookNeeded } from "./judge.ts";
import { FACADE_MARGINS, LONG, levelsOf, type Protocol, planOf, QUICK } from "./protocol.ts";
import type { Verdict } from "./verdict.ts";

function verdictOn(
  difference: Difference,
  changes: Partial<Digest> = {},
  protocol: Protocol = QUICK,
): Verdict {
  return judgeDigest(exampleDigest(protocol, difference, changes), protocol, difference.look ?? 1);
}

function measure(verdict: Verdict, metric: string) {
  const found = verdict.measures.find((m) => m.metric === metric);
  if (!found) throw new Error(`no ${metric}`);
  return found;
}

describe("latency", () => {
  test("equal arms pass, and every reason says what was allowed", () => {
    const verdict = verdictOn({});
    expect(verdict.verdict).toBe("pass");
    expect(verdict.reasons).toHaveLength(3);
    for (const reason of verdict.reasons) expect(reason).toMatch(/allowed \+/);
  });

  test("a candidate within the margin passes, however surely it is slower", () => {
    const verdict = verdictOn({ p50: 1.08 });
    expect(measure(verdict, "p50").fail.lower).toBeGreaterThan(1.06);
    expect(verdict.verdict).toBe("pass");
  });

  test.each(["p50", "p95"] as const)("a slower %s alone fails, and the first reason names it", (metric) => {
    const verdict = verdictOn({ [metric]: 1.25 });
    expect(verdict.verdict).toBe("fail");
    expect(verdict.reasons[0]).toMatch(new RegExp(`^${metric} of the candidate \\+2[45]\\.`));
  });

  test("a candidate that is only somewhat slower than allowed is inconclusive while the blocks scatter", () => {
    const verdict = verdictOn({ p95: 1.06, scatter: 0.3 });
    expect(verdict.verdict).toBe("inconclusive");
    expect(verdict.reasons.join()).toMatch(/15 blocks can't tell/);
  });

  test("a loss that is sure but below three quarters of the margin does not fail", () => {
    // Most blocks are some 5 % slower and four are far off: upper bound over +10 %, lower bound over 0.
    const loss = (most: number) => {
      const { pairs } = exampleDigest(QUICK, { p95: most, scatter: 0.005 });
      const p95 = pairs.p95.map((p, i) => (i % 4 === 1 ? { ...p, bMs: p.bMs * 1.12 } : p));
      return verdictOn({}, { pairs: { ...pairs, p95 } });
    };
    const small = loss(1.045);
    expect(measure(small, "p95").pass.upper).toBeGreaterThan(1.1);
    expect(measure(small, "p95").fail.lower).toBeGreaterThan(1);
    expect(measure(small, "p95").estimate).toBeLessThan(1.07);
    expect(small.verdict).toBe("inconclusive");
    expect(loss(1.08).verdict).toBe("fail");
  });

  test("a large estimate is no fail while the blocks can't tell it from none", () => {
    const verdict = verdictOn({ p95: 1.2, scatter: 0.9 });
    expect(measure(verdict, "p95").estimate).toBeGreaterThan(1.1);
    expect(measure(verdict, "p95").fail.lower).toBeLessThan(1);
    expect(verdict.verdict).toBe("inconclusive");
  });

  test("the bounds are the sorted Walsh averages that the exact distribution names at each level", () => {
    // n = 15: P(T ≤ 18) = 0.0075 and P(T ≤ 19) = 0.0090 lie around 0.05/6, P(T ≤ 10) = 0.0013 and P(T ≤ 11) = 0.00168
    // around 0.01/6. So the 19th and the 11th from the end, and nothing is widened.
    const verdict = verdictOn({ scatter: 0.1 });
    const d = exampleDigest(QUICK, { scatter: 0.1 }).pairs.p95.map((p) => Math.log(p.bMs / p.aMs));
    const averages = d.flatMap((x, i) => d.slice(i).map((y) => (x + y) / 2)).sort((x, y) => x - y);
    const { pass, fail, widenedBy } = measure(verdict, "p95");
    expect(widenedBy).toBe(1);
    expect(pass.upper).toBeCloseTo(Math.exp(averages.at(-19) ?? Number.NaN), 9);
    expect(fail.lower).toBeCloseTo(Math.exp(averages[10] ?? Number.NaN), 9);
  });

  test("correlated blocks widen the interval", () => {
    const drifting = Array.from({ length: 15 }, (_, i) => ({ aMs: 30, bMs: 30 * (1 + 0.01 * (i - 7)) }));
    const shuffled = [7, 0, 14, 3, 11, 5, 9, 1, 13, 4, 10, 2, 12, 6, 8].flatMap((i) => drifting[i] ?? []);
    const digest = exampleDigest(QUICK);
    const upper = (pairs: typeof drifting) =>
      measure(verdictOn({}, { pairs: { ...digest.pairs, p95: pairs } }), "p95");
    expect(upper(drifting).widenedBy).toBeGreaterThan(2);
    expect(upper(shuffled).widenedBy).toBeLessThan(1.2);
    expect(upper(drifting).pass.upper).toBeGreaterThan(upper(shuffled).pass.upper ?? 9);
  });
});

describe("the absolute floor", () => {
  test("lets a service of 1 ms be 0.2 ms slower, and says that it decided", () => {
    const verdict = verdictOn({ aMs: 1, p50: 1.2 });
    expect(verdict.verdict).toBe("pass");
    expect(measure(verdict, "p50").floorDecided).toBe(true);
    expect(measure(verdict, "p50").margin).toBeCloseTo(1.3, 9);
    expect(verdict.reasons.join()).toMatch(/the absolute floor decided/);
  });

  test("does not save it from being 0.4 ms slower", () => {
    expect(verdictOn({ aMs: 1, p50: 1.4 }).verdict).toBe("fail");
  });

  test("decides nothing where the relative margin is larger, or where both say the same", () => {
    expect(measure(verdictOn({ aMs: 10 }), "p50").floorDecided).toBe(false);
    expect(measure(verdictOn({ aMs: 10 }), "p50").margin).toBeCloseTo(1.1, 9);
    expect(measure(verdictOn({ aMs: 1 }), "p50").floorDecided).toBe(false);
  });
});

describe("a façade step", () => {
  const FACADE: Protocol = { ...QUICK, margins: FACADE_MARGINS };

  test("is judged in milliseconds: +1.5 ms at the p50 and +4 ms at the p95 pass", () => {
    const verdict = verdictOn({ p50: 1.15, p95: 1 + 4 / 30 }, {}, FACADE);
    expect(verdict.verdict).toBe("pass");
    expect(measure(verdict, "p50")).toMatchObject({
      scale: "ms",
      margin: 2,
      estimate: expect.closeTo(1.5, 1),
    });
  });

  test.each([
    ["p50", 1.25],
    ["p95", 1 + 6 / 30],
  ])("fails when the %s has %f times the latency, over its 2 or 5 ms", (metric, factor) => {
    expect(verdictOn({ [metric]: factor }, {}, FACADE).verdict).toBe("fail");
  });

  test("does not fail for costing something: most of the budget, measured with noise, is inconclusive", () => {
    const verdict = verdictOn({ p50: 1.17, scatter: 0.12 }, {}, FACADE);
    expect(measure(verdict, "p50").fail.lower).toBeGreaterThan(0);
    expect(measure(verdict, "p50").estimate).toBeGreaterThan(0.75 * 2);
    expect(measure(verdict, "p50").pass.upper).toBeGreaterThan(2);
    expect(verdict.verdict).toBe("inconclusive");
  });
});

describe("errors", () => {
  const errors = (a: number, b: number): Partial<Digest> => ({
    a: { n: 4500, bad: a },
    b: { n: 4500, bad: b },
  });

  test("a few on both sides pass, half a point more on the candidate's fails", () => {
    expect(verdictOn({}, errors(2, 2)).verdict).toBe("pass");
    const verdict = verdictOn({}, errors(2, 27));
    expect(verdict.verdict).toBe("fail");
    expect(verdict.reasons[0]).toMatch(/^errors \+0\.56 points/);
  });

  test("a difference that could be above the margin is inconclusive", () => {
    expect(verdictOn({}, errors(2, 7)).verdict).toBe("inconclusive");
  });

  test("an e-value of 100 fails whatever the run's length, and keeps the instrument's complaints as notes", () => {
    const aborted = { ...exampleDigest(QUICK), ...errors(0, 12), eValue: 100 };
    const digest = {
      ...aborted,
      pairs: { p50: [], p95: [], p99: [] },
      a: { n: 9, bad: 0 },
      b: { n: 12, bad: 12 },
      watched: { a: { n: 9, bad: 0 }, b: { n: 12, bad: 12 } },
    };
    const verdict = judgeDigest(digest, QUICK, 1);
    expect(verdict.verdict).toBe("fail");
    expect(verdict.reasons[0]).toMatch(/^errors: candidate 12 of 12/);
    expect(verdict.reasons.join()).toMatch(/usable blocks/);
    expect(judgeDigest({ ...digest, eValue: 99 }, QUICK, 1).verdict).toBe("inconclusive");
    expect(verdictOn({}, { eValue: 100 }).errors.outcome).toBe("fail");
  });

  test("an abort says the counts that the e-value was made of, the warm-up's too", () => {
    const none = { n: 0, bad: 0 };
    const watched = { a: { n: 40, bad: 1 }, b: { n: 40, bad: 14 } };
    const inWarmUp = { a: none, b: none, watched, eValue: 629 };
    const verdict = verdictOn({}, inWarmUp);
    expect(verdict.errors).toMatchObject({ ...watched, aborted: true, outcome: "fail" });
    expect(verdict.errors.difference).toBeCloseTo(13 / 40, 9);
    expect(verdict.reasons[0]).toBe(
      "errors: candidate 14 of 40, reference 1 of 40, the warm-up's with them; chance alone would do this in under 1 of 629 runs",
    );
    expect(verdictOn({}, { ...inWarmUp, eValue: 99 }).errors).toMatchObject({ a: none, b: none });
  });

  test("an e-value does not count when answers came from the wrong side", () => {
    expect(verdictOn({}, { eValue: 1000, wrongSide: 1 }).verdict).toBe("inconclusive");
  });
});

describe("the instrument", () => {
  const blocks = (count: number) => {
    const { p50, p95, p99 } = exampleDigest(QUICK).pairs;
    return { pairs: { p50: p50.slice(0, count), p95: p95.slice(0, count), p99 } };
  };

  test.each<[string, Partial<Digest>, Partial<Digest>]>([
    ["dropped-iterations", { droppedIterations: 1 }, { droppedIterations: 0 }],
    ["wrong-side", { wrongSide: 1 }, { wrongSide: 0 }],
    ["arm-balance", { a: { n: 4610, bad: 0 } }, { a: { n: 4590, bad: 0 } }],
    ["arm-balance", { b: { n: 4610, bad: 0 } }, { b: { n: 4590, bad: 0 } }],
    [
      "missing-answers",
      { a: { n: 4400, bad: 0 }, b: { n: 4400, bad: 0 } },
      { a: { n: 4420, bad: 0 }, b: { n: 4420, bad: 0 } },
    ],
    ["blocks", blocks(11), blocks(12)],
    ["lateness-p99", { latenessP99Ms: 20.1 }, { latenessP99Ms: 20 }],
  ])("%s just over its limit is inconclusive, at its limit is fine", (name, broken, fine) => {
    const verdict = verdictOn({}, broken);
    expect(verdict.verdict).toBe("inconclusive");
    expect(verdict.instrument.filter((check) => !check.ok).map((check) => check.name)).toEqual([name]);
    expect(verdict.reasons[0]).toMatch(/^instrument: /);
    expect(verdictOn({}, fine).verdict).toBe("pass");
  });

  test("a broken instrument makes a plain fail inconclusive too", () => {
    expect(verdictOn({ p95: 2 }, { droppedIterations: 3 }).verdict).toBe("inconclusive");
  });

  test("no samples at all are inconclusive", () => {
    const none = { n: 0, bad: 0 };
    const empty = { pairs: { p50: [], p95: [], p99: [] }, a: none, b: none, solo: [] };
    expect(verdictOn({}, empty).verdict).toBe("inconclusive");
    expect(verdictOn({}, empty).reasons).toContainEqual(expect.stringMatching(/the duet has no answers yet/));
  });

  test("a run that ended before its duet says first what broke", () => {
    const none = { n: 0, bad: 0 };
    const verdict = verdictOn(
      {},
      { pairs: { p50: [], p95: [], p99: [] }, a: none, b: none, droppedIterations: 9 },
    );
    expect(verdict.reasons[0]).toMatch(/dropped 9 iterations/);
  });
});

describe("interference", () => {
  const solo = (ms: number, count = 8) => ({
    solo: Array.from({ length: count }, (_, i) => ({ aloneMs: ms + 0.01 * ((i * 3) % 8), besideMs: 10 })),
  });

  test("both sides three times slower than alone is inconclusive, though the arms are equal", () => {
    const verdict = verdictOn({}, solo(3.3));
    expect(verdict.verdict).toBe("inconclusive");
    expect(verdict.interference.ratio).toBeCloseTo(3, 1);
    expect(verdict.reasons).toEqual([expect.stringMatching(/^interference: p50 of the reference is 10 ms/)]);
  });

  test("is no excuse for a candidate that is certainly worse in the same seconds: it forbids a pass, not a fail", () => {
    const verdict = verdictOn({ p95: 1.5 }, solo(3.3));
    expect(verdict.verdict).toBe("fail");
    expect(verdict.reasons[0]).toMatch(/^p95 of the candidate/);
    expect(verdict.reasons.at(-1)).toMatch(/^interference:/);
  });

  test("up to 25 % slower than alone is no interference", () => {
    expect(verdictOn({}, solo(8.1)).verdict).toBe("pass");
    expect(verdictOn({}, solo(7.9)).verdict).toBe("inconclusive");
  });

  test("it takes proof: an interval that reaches over 25 % is inconclusive even if the estimate does not", () => {
    const aloneMs = [6, 13, 8, 11, 7, 12, 9, 10];
    const verdict = verdictOn({}, { solo: aloneMs.map((ms) => ({ aloneMs: ms, besideMs: 10 })) });
    expect(verdict.interference.ratio).toBeLessThan(1.25);
    expect(verdict.interference.upper).toBeGreaterThan(1.25);
    expect(verdict.verdict).toBe("inconclusive");
  });

  test("a machine that becomes twice as slow in a run is no interference, since both parts of a pair see it", () => {
    const slower = Array.from({ length: 8 }, (_, i) => 5 * (1 + i / 7));
    const verdict = verdictOn({}, { solo: slower.map((ms) => ({ aloneMs: ms, besideMs: ms * 1.02 })) });
    expect(verdict.interference.upper).toBeLessThan(1.03);
    expect(verdict.verdict).toBe("pass");
  });

  test("a reference that is faster in the duet than alone is fine", () => {
    expect(verdictOn({}, solo(20)).verdict).toBe("pass");
  });

  test("with fewer than six solo blocks harm to both sides can't be excluded", () => {
    expect(verdictOn({}, solo(10, 6)).verdict).toBe("pass");
    expect(verdictOn({}, solo(10, 5)).verdict).toBe("inconclusive");
    expect(verdictOn({}, { solo: [] }).reasons[0]).toMatch(/can't be excluded/);
  });

  test("the absolute floor holds here too: 0.25 ms more on 0.75 ms is no interference", () => {
    const solo = Array.from({ length: 8 }, () => ({ aloneMs: 0.75, besideMs: 1 }));
    expect(verdictOn({ aMs: 1 }, { solo }).verdict).toBe("pass");
  });
});

describe("the long protocol", () => {
  test("gives no pass before nine merged blocks have judged the p99", () => {
    const first = verdictOn({}, {}, LONG);
    expect(measure(first, "p99")).toMatchObject({ blocks: 8, outcome: "inconclusive" });
    expect(first.verdict).toBe("inconclusive");
    const second = verdictOn({ look: 2 }, {}, LONG);
    expect(measure(second, "p99").blocks).toBe(16);
    expect(second.verdict).toBe("pass");
  });

  test("fails at the first look where p50 or p95 fail, and at the second for a p99 over +25 %", () => {
    expect(verdictOn({ p95: 1.25 }, {}, LONG).verdict).toBe("fail");
    expect(verdictOn({ p99: 1.4 }, {}, LONG).verdict).toBe("inconclusive");
    expect(verdictOn({ p99: 1.4, look: 2 }, {}, LONG).verdict).toBe("fail");
    expect(verdictOn({ p99: 1.2, look: 2 }, {}, LONG).verdict).toBe("pass");
  });

  const routes = (factor: number, count: number, scatter = 0.01) => {
    const of = (p95: number) => {
      const { pairs, a, b } = exampleDigest(LONG, { p95, look: 2, scatter });
      return { pairs, a, b };
    };
    return {
      routes: Array.from({ length: count }, (_, i) => ({ route: `GET /${i}`, ...of(i === 0 ? factor : 1) })),
    };
  };

  test("judges each route, so that one slow route among good ones fails", () => {
    const verdict = verdictOn({ look: 2 }, routes(1.4, 4), LONG);
    expect(verdict.verdict).toBe("fail");
    expect(verdict.reasons[0]).toMatch(/^GET \/0: p95/);
  });

  test("the quick protocol shows routes and does not judge them", () => {
    const verdict = verdictOn({}, routes(1.4, 4), QUICK);
    expect(verdict.verdict).toBe("pass");
    expect(verdict.perRoute.map((r) => r.judged)).toEqual([false, false, false, false]);
    expect(verdict.perRoute[0]?.measures[1]?.estimate).toBeGreaterThan(1.3);
  });

  test("divides the fail level by the number of routes", () => {
    const lower = (count: number) =>
      verdictOn({ look: 2 }, routes(1.12, count, 0.3), LONG).perRoute[0]?.measures[1]?.fail.lower ??
      Number.NaN;
    expect(lower(20)).toBeLessThan(lower(1));
  });

  test("an undecided route does not hold a pass back", () => {
    expect(verdictOn({ look: 2 }, routes(1.06, 4, 0.4), LONG).verdict).toBe("pass");
  });
});

describe("looks and levels", () => {
  test("three tries and all looks of a try share α", () => {
    expect(levelsOf(QUICK)).toEqual({ pass: 0.05 / 3 / 2, fail: 0.01 / 3 / 2, tries: 3, looks: 2 });
    expect(levelsOf(LONG)).toEqual({ pass: 0.05 / 3 / 3, fail: 0.01 / 3 / 3, tries: 3, looks: 3 });
    expect(verdictOn({}).levels).toEqual(levelsOf(QUICK));
  });

  test("only an inconclusive look is followed by another, up to the last", () => {
    const vague = { p95: 1.06, scatter: 0.3 };
    expect(lookNeeded(verdictOn(vague), QUICK)).toBe(2);
    expect(lookNeeded(verdictOn({ ...vague, look: 2 }), QUICK)).toBeUndefined();
    expect(lookNeeded(verdictOn({}), QUICK)).toBeUndefined();
    expect(lookNeeded(verdictOn({ p95: 1.25 }), QUICK)).toBeUndefined();
    expect(lookNeeded(verdictOn({}, {}, LONG), LONG)).toBe(2);
  });

  test("no time is spent on another look when it can't repair the instrument", () => {
    expect(lookNeeded(verdictOn({}, { droppedIterations: 1 }), QUICK)).toBeUndefined();
    expect(lookNeeded(verdictOn({}, { wrongSide: 1 }), QUICK)).toBeUndefined();
    expect(lookNeeded(verdictOn({}, { latenessP99Ms: 30 }), QUICK)).toBe(2);
  });

  test("a run is not judged by another protocol, by shortened looks, or at a look that isn't there", () => {
    const digest = exampleDigest(QUICK);
    const shortened = { ...digest, plan: { ...planOf(QUICK, 200), looksMs: [30_000, 60_000] } };
    expect(() => judgeDigest(digest, LONG, 1)).toThrow(BanyanError);
    expect(() => judgeDigest(shortened, QUICK, 1)).toThrow(/BYN-EVIDENCE-001/);
    expect(() => judgeDigest(digest, QUICK, 3)).toThrow(/no look 3/);
    expect(() => judgeDigest(digest, QUICK, 0)).toThrow(/no look 0/);
  });

  test("a verdict is plain data: JSON gives it back unchanged", () => {
    for (const verdict of [
      verdictOn({}),
      verdictOn({}, { eValue: 1e12, pairs: { p50: [], p95: [], p99: [] } }),
    ])
      expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
  });
});
