import type { Arm, Plan, Sample } from "@banyan/evidence/duet/observation.ts";
import { type Protocol, planOf, QUICK } from "@banyan/evidence/duet/protocol.ts";
import { expect, test } from "vitest";
import { scheduleOf, turnOf } from "../k6/schedule.ts";
import { RunWatch } from "./watch.ts";

const RATE = 100;
const PROTOCOL: Protocol = { ...QUICK, blockMs: 500, warmUpMs: 500, looksMs: [1_500, 3_000] };
const PLAN: Plan = planOf(PROTOCOL, RATE);
const SCHEDULE = scheduleOf(PLAN, 1);
const TIMEOUT_MS = 1_000;
const FIRST_LOOK = ((PLAN.warmUpMs + 1_500) * RATE) / 1_000;
/** The first iteration of the first block that has both arms. */
const DUET_FROM = ((PLAN.warmUpMs + PLAN.blockMs) * RATE) / 1_000;
const ALL = (PLAN.endMs * RATE) / 1_000;

const sampleOf = (i: number, change: Partial<Sample> = {}): Sample => ({
  ...turnOf(i, SCHEDULE),
  startMs: (i * 1_000) / RATE,
  latencyMs: 5,
  latenessMs: 0,
  route: "GET /",
  ok: true,
  side: "",
  ...change,
});

const newWatch = (expectedSide: Partial<Record<Arm, string>> = {}) =>
  new RunWatch(PROTOCOL, PLAN, expectedSide, TIMEOUT_MS);

function fill(
  watch: RunWatch,
  from: number,
  to: number,
  change: (i: number) => Partial<Sample> = () => ({}),
) {
  for (let i = from; i < to; i++) watch.add(i, sampleOf(i, change(i)));
}

test("a look waits for every answer that it needs, and not for those after it", () => {
  const watch = newWatch();
  fill(watch, 0, FIRST_LOOK - 1);
  fill(watch, FIRST_LOOK, FIRST_LOOK + 5);
  expect(watch.verdict(PLAN.warmUpMs + 1_600, false)).toBeUndefined();
  expect(watch.look).toBe(1);
  watch.add(FIRST_LOOK - 1, sampleOf(FIRST_LOOK - 1));
  // So few blocks prove nothing: the first look was taken, and the second is waited for.
  expect(watch.verdict(PLAN.warmUpMs + 1_600, false)).toBeUndefined();
  expect(watch.look).toBe(2);
  fill(watch, FIRST_LOOK + 5, ALL);
  expect(watch.verdict(PLAN.endMs, false)).toMatchObject({ verdict: "inconclusive", look: 2 });
});

test("an answer that never comes is waited for until it can't come any more", () => {
  const watch = newWatch();
  fill(watch, 1, ALL);
  expect(watch.verdict(PLAN.warmUpMs + 1_500 + TIMEOUT_MS, false)).toBeUndefined();
  expect(watch.look).toBe(1);
  expect(watch.verdict(PLAN.endMs + TIMEOUT_MS + 2_001, false)).toMatchObject({ look: 2 });
});

test("when k6 has ended nothing is waited for", () => {
  const watch = newWatch();
  fill(watch, 1, ALL);
  expect(watch.verdict(PLAN.endMs, true)).toMatchObject({ look: 2 });
});

test("an outage of arm b ends the run as a failure within ten of its requests", () => {
  const watch = newWatch();
  fill(watch, 0, DUET_FROM);
  let i = DUET_FROM;
  while (watch.verdict((i * 1_000) / RATE, false) === undefined) {
    watch.add(i, sampleOf(i, { ok: turnOf(i, SCHEDULE).arm === "a" }));
    i += 1;
  }
  expect(i - DUET_FROM).toBeLessThanOrEqual(20);
  expect(watch.verdict(0, false)).toMatchObject({ verdict: "fail", errors: { aborted: true } });
});

test("an outage of arm a, or of both, is no verdict but an error", () => {
  const watch = newWatch();
  fill(watch, 0, 60);
  expect(() => fill(watch, 60, 200, () => ({ ok: false }))).toThrow("BYN-EVIDENCE-063");
});

test("arm a may err now and then", () => {
  const watch = newWatch();
  expect(() => fill(watch, 0, ALL, (i) => ({ ok: i % 5 !== 0 }))).not.toThrow();
});

test("one answer of the wrong side ends the run as inconclusive", () => {
  const watch = newWatch({ b: "extracted" });
  fill(watch, 0, DUET_FROM + 10, (i) => ({
    side: turnOf(i, SCHEDULE).arm === "a" ? "" : "extracted",
  }));
  expect(watch.verdict(PLAN.warmUpMs, false)).toBeUndefined();
  fill(watch, DUET_FROM + 10, DUET_FROM + 12, () => ({ side: "monolith" }));
  expect(watch.verdict(PLAN.warmUpMs, false)).toMatchObject({ verdict: "inconclusive" });
});

test("after a dropped iteration the time-outs may still come, then the run ends as inconclusive", () => {
  const watch = newWatch();
  fill(watch, 0, DUET_FROM + 10);
  watch.drop(1, PLAN.warmUpMs);
  expect(watch.verdict(PLAN.warmUpMs + TIMEOUT_MS, false)).toBeUndefined();
  expect(watch.verdict(PLAN.warmUpMs + TIMEOUT_MS + 2_001, false)).toMatchObject({
    verdict: "inconclusive",
  });
});
