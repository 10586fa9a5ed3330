import { expect, test } from "vitest";
import { blocksOf } from "./blocks.ts";
import { digestOf, fewestFor } from "./cut.ts";
import { judge } from "./judge.ts";
import type { Observation, Sample } from "./observation.ts";
import { LONG, planOf, QUICK } from "./protocol.ts";

const PLAN = planOf(QUICK, 200);
/** When the blocks of each phase begin. */
const starts = (phase: "solo" | "duet") =>
  blocksOf(phase, PLAN, 135_000).map((block) => PLAN.warmUpMs + block * PLAN.blockMs);
const DUET = starts("duet");
const SOLO = starts("solo");
const at = (list: readonly number[], index: number) => list[index] ?? Number.NaN;

function sample(changes: Partial<Sample>): Sample {
  const duet = { arm: "a", phase: "duet", startMs: at(DUET, 0) } as const;
  return { ...duet, latencyMs: 5, latenessMs: 1, route: "GET /", ok: true, side: "", ...changes };
}

function observation(samples: readonly Sample[], changes: Partial<Observation> = {}): Observation {
  return { plan: PLAN, samples, droppedIterations: 0, expectedSide: {}, ...changes };
}

/** As many samples of both arms as a block of the duet needs, `b` being twice as slow. */
function block(index: number, count = 20): Sample[] {
  return Array.from({ length: count }, (_, i) => {
    const startMs = at(DUET, index) + i;
    return [sample({ startMs, latencyMs: i + 1 }), sample({ arm: "b", startMs, latencyMs: 2 * (i + 1) })];
  }).flat();
}

test("the plan lays out a warm-up, then one solo block before each two of the duet", () => {
  expect(PLAN).toMatchObject({ warmUpMs: 8_000, endMs: 143_000 });
  expect([SOLO.slice(0, 3), DUET.slice(0, 4)]).toEqual([
    [8_000, 17_000, 26_000],
    [11_000, 14_000, 20_000, 23_000],
  ]);
  const lengths = (looksMs: readonly number[]) =>
    looksMs.map((ms) => [blocksOf("solo", PLAN, ms).length, blocksOf("duet", PLAN, ms).length]);
  expect(lengths(QUICK.looksMs)).toEqual([
    [8, 15],
    [15, 30],
  ]);
  expect(lengths(LONG.looksMs)).toEqual([
    [17, 33],
    [33, 66],
    [50, 99],
  ]);
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

test("the warm-up is dropped from the duet, from the solo blocks and from the lateness", () => {
  const early = sample({ phase: "warmup", startMs: PLAN.warmUpMs - 10, latenessMs: 500, ok: false });
  const digest = digestOf(observation([early, ...block(0)]), QUICK, 1);
  expect(digest.a).toEqual({ n: 20, bad: 0 });
  expect(digest.latenessP99Ms).toBe(1);
});

test("what the e-value counted is the warm-up and the duet, not the solo blocks", () => {
  const early = [
    sample({ phase: "warmup", startMs: 10 }),
    sample({ arm: "b", phase: "warmup", startMs: 20, ok: false }),
  ];
  const { a, b, watched } = digestOf(observation([...early, ...alone(0, 5), ...block(0)]), QUICK, 1);
  expect([a, b]).toEqual([
    { n: 20, bad: 0 },
    { n: 20, bad: 0 },
  ]);
  expect(watched).toEqual({ a: { n: 21, bad: 0 }, b: { n: 21, bad: 1 } });
});

/** Arm a alone, in the solo block of that number. */
function alone(index: number, latencyMs: number, count = 20): Sample[] {
  return Array.from({ length: count }, (_, i) =>
    sample({ phase: "solo", startMs: at(SOLO, index) + i, latencyMs }),
  );
}

/** Arm a beside b, in the duet's block of that number. */
function beside(index: number, latencyMs: number, count = 20): Sample[] {
  return Array.from({ length: count }, (_, i) => sample({ startMs: at(DUET, index) + i, latencyMs }));
}

test("each solo block is set beside the duet's blocks right before and after it", () => {
  const samples = [
    ...[alone(0, 4), beside(0, 5), beside(1, 8)],
    ...[alone(1, 7), beside(2, 2), beside(3, 50)],
    ...[alone(2, 9), beside(4, 50), beside(5, 1)],
  ].flat();
  expect(digestOf(observation(samples), QUICK, 1).solo).toEqual([
    { aloneMs: 4, besideMs: expect.closeTo(5, 9) },
    { aloneMs: 7, besideMs: expect.closeTo(4, 9) },
    { aloneMs: 9, besideMs: expect.closeTo(50, 9) },
  ]);
});

test("a solo block with too few answers, or without a usable neighbour, is left out", () => {
  const solo = (...parts: Sample[][]) => digestOf(observation(parts.flat()), QUICK, 1).solo;
  expect(solo(alone(0, 4, 19), beside(0, 5))).toEqual([]);
  expect(solo(alone(1, 4), beside(3, 5))).toEqual([]);
  expect(solo(alone(1, 4), beside(1, 5, 19), beside(2, 6))).toEqual([
    { aloneMs: 4, besideMs: expect.closeTo(6, 9) },
  ]);
});

test("what was due in one phase and started late in a block of the other is in neither", () => {
  const late = sample({ startMs: at(SOLO, 1) + 1, latencyMs: 900 });
  const digest = digestOf(observation([...alone(1, 4), ...beside(1, 5), ...block(2), late]), QUICK, 1);
  expect(digest.pairs.p95).toEqual([{ aMs: 19, bMs: 38 }]);
  expect(digest.solo[0]?.aloneMs).toBe(4);
  // As an answer it counts.
  expect(digest.a.n).toBe(41);
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

test("errors in the warm-up count for the early abort, those of a solo block do not", () => {
  const inWarmUp = Array.from({ length: 12 }, (_, i) =>
    sample({ arm: "b", startMs: i, phase: "warmup", ok: false }),
  );
  expect(judge(observation(inWarmUp), QUICK, 1).verdict).toBe("fail");
  const solo = alone(0, 5, 12).map((s) => ({ ...s, ok: false }));
  const both = digestOf(observation([...solo, ...inWarmUp]), QUICK, 1);
  expect(both.eValue).toBe(digestOf(observation(inWarmUp), QUICK, 1).eValue);
});

test("a run without samples is judged inconclusive, not thrown out", () => {
  expect(judge(observation([]), QUICK, 1).verdict).toBe("inconclusive");
});
