import { expect, test } from "vitest";
import { digestOf, fewestFor } from "./cut.ts";
import { judge } from "./judge.ts";
import type { Observation, Sample } from "./observation.ts";
import { LONG, planOf, QUICK } from "./protocol.ts";

const PLAN = planOf(QUICK, 200);

function sample(changes: Partial<Sample>): Sample {
  const duet = { arm: "a", phase: "duet", startMs: PLAN.duetStartMs } as const;
  return { ...duet, latencyMs: 5, latenessMs: 1, route: "GET /", ok: true, side: "", ...changes };
}

function observation(samples: readonly Sample[], changes: Partial<Observation> = {}): Observation {
  return { plan: PLAN, samples, droppedIterations: 0, expectedSide: {}, ...changes };
}

/** As many samples of both arms as a block needs, `b` being twice as slow. */
function block(index: number, count = 20): Sample[] {
  return Array.from({ length: count }, (_, i) => {
    const startMs = PLAN.duetStartMs + index * PLAN.blockMs + i;
    return [sample({ startMs, latencyMs: i + 1 }), sample({ arm: "b", startMs, latencyMs: 2 * (i + 1) })];
  }).flat();
}

test("the plan lays out warm-up, solo, warm-up and looks one after the other", () => {
  expect(PLAN).toMatchObject({ soloStartMs: 8_000, duetStartMs: 40_000, endMs: 130_000 });
  expect(planOf(LONG, 200)).toMatchObject({ duetStartMs: 40_000, endMs: 340_000 });
});

test("a block gives the nearest-rank quantiles of each arm", () => {
  const { pairs } = digestOf(observation([...block(0), ...block(1)]), QUICK, 1);
  expect(pairs.p50).toEqual([
    { aMs: 10, bMs: 20 },
    { aMs: 10, bMs: 20 },
  ]);
  expect(pairs.p95[0]).toEqual({ aMs: 19, bMs: 38 });
});

test("a block with fewer answers of an arm than a p95 needs is left out", () => {
  expect(fewestFor("p95")).toBe(20);
  expect(digestOf(observation(block(0, 19)), QUICK, 1).pairs.p95).toEqual([]);
  const lame = [...block(0), ...block(1)].filter((s, i) => !(s.arm === "b" && i > 70));
  expect(digestOf(observation(lame), QUICK, 1).pairs.p95).toHaveLength(1);
});

test("a sample belongs to the block it was sent in, and to a look only if it was sent before its end", () => {
  const samples = [...block(0), ...block(14), ...block(15)];
  expect(digestOf(observation(samples), QUICK, 1).pairs.p50).toHaveLength(2);
  expect(digestOf(observation(samples), QUICK, 1).a.n).toBe(40);
  expect(digestOf(observation(samples), QUICK, 2).pairs.p50).toHaveLength(3);
  const slow = block(14).map((s) => ({ ...s, latencyMs: s.latencyMs + 20_000 }));
  expect(digestOf(observation(slow), QUICK, 1).pairs.p50[0]?.aMs).toBe(20_010);
});

test("warm-ups are dropped from the duet, from the solo part and from the lateness", () => {
  const early = sample({ phase: "warmup", startMs: PLAN.duetStartMs - 10, latenessMs: 500, ok: false });
  const digest = digestOf(observation([early, ...block(0)]), QUICK, 1);
  expect(digest.a).toEqual({ n: 20, bad: 0 });
  expect(digest.latenessP99Ms).toBe(1);
});

test("solo blocks give the reference's p50 one by one", () => {
  const solo = Array.from({ length: 8 }, (_, index) =>
    Array.from({ length: 20 }, (_, i) =>
      sample({ phase: "solo", startMs: PLAN.soloStartMs + index * PLAN.blockMs + i, latencyMs: index + 1 }),
    ),
  ).flat();
  expect(digestOf(observation(solo), QUICK, 1).soloP50Ms).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test("four blocks are merged for the p99, and a rest is not used", () => {
  const samples = [0, 1, 2, 3, 4, 5].flatMap((index) => block(index, 30));
  expect(digestOf(observation(samples), QUICK, 1).pairs.p99).toEqual([{ aMs: 30, bMs: 60 }]);
});

test("wrong answers count as errors and keep their latency", () => {
  const samples = block(0).map((s) => (s.arm === "b" && s.latencyMs > 30 ? { ...s, ok: false } : s));
  const digest = digestOf(observation(samples), QUICK, 1);
  expect(digest.b).toEqual({ n: 20, bad: 5 });
  expect(digest.pairs.p95[0]?.bMs).toBe(38);
});

test("an answer from another side than expected is noted in every phase; an unanswered request names nobody", () => {
  const expectedSide = { a: "monolith", b: "extracted" };
  const wrong = (changes: Partial<Sample>) =>
    digestOf(observation([sample(changes)], { expectedSide }), QUICK, 1).wrongSide;
  expect(wrong({ side: "monolith" })).toBe(0);
  expect(wrong({ arm: "b", side: "monolith" })).toBe(1);
  expect(wrong({ arm: "b", side: "monolith", phase: "warmup", startMs: 0 })).toBe(1);
  expect(wrong({ arm: "b", side: "", ok: true })).toBe(1);
  expect(wrong({ arm: "b", side: "", ok: false })).toBe(0);
  expect(wrong({ arm: "b", side: "monolith", ok: false })).toBe(1);
  expect(digestOf(observation([sample({ side: "anybody" })]), QUICK, 1).wrongSide).toBe(0);
});

test("routes are cut apart, in the order of their names", () => {
  const samples = block(0, 40).map((s, i) => ({ ...s, route: i % 4 < 2 ? "GET /b" : "GET /a" }));
  const { routes } = digestOf(observation(samples), QUICK, 1);
  expect(routes.map((r) => [r.route, r.a.n, r.b.n])).toEqual([
    ["GET /a", 20, 20],
    ["GET /b", 20, 20],
  ]);
});

test("errors in the duet's warm-up count for the early abort, those of the solo part do not", () => {
  const failing = (startMs: number, arm: "a" | "b" = "b") =>
    sample({ arm, startMs, phase: "warmup", ok: false });
  const inWarmUp = Array.from({ length: 12 }, (_, i) => failing(PLAN.duetStartMs - 5000 + i));
  expect(judge(observation(inWarmUp), QUICK, 1).verdict).toBe("fail");
  const solo = Array.from({ length: 12 }, (_, i) => failing(i, "a"));
  const both = digestOf(observation([...solo, ...inWarmUp]), QUICK, 1);
  expect(both.eValue).toBe(digestOf(observation(inWarmUp), QUICK, 1).eValue);
});

test("a run without samples is judged inconclusive, not thrown out", () => {
  expect(judge(observation([]), QUICK, 1).verdict).toBe("inconclusive");
});
