import { expect, it } from "vitest";
import { exampleObservation } from "./example-bundle.ts";
import { digestQuantileMs } from "./latency-digest.ts";
import { runDigestOf } from "./run-digest.ts";

const observation = exampleObservation({ errorsB: 0.01 });

it("holds one block per three seconds of solo and duet, without the warm-up", () => {
  const digest = runDigestOf(observation, observation.plan.warmUpMs + 69_000);
  const solo = digest.blocks.filter((block) => block.phase === "solo");
  const duet = digest.blocks.filter((block) => block.phase === "duet");
  expect([solo.length, duet.length]).toEqual([8, 15]);
  expect(solo[0]?.startMs).toBe(8_000);
  expect(duet[0]?.startMs).toBe(11_000);
  expect(digest.blocks.map(({ phase }) => phase).slice(0, 4)).toEqual(["solo", "duet", "duet", "solo"]);
  expect(solo.every((block) => block.b.n === 0 && block.b.p50Ms === null)).toBe(true);
  expect(duet.every((block) => block.a.n === 300 && block.b.n === 300)).toBe(true);
  expect(digest.served).toEqual({ a: { monolith: 4_500 }, b: { extracted: 4_500 } });
  expect(digest.latency.b.n).toBe(4_500);
  expect(duet.reduce((sum, block) => sum + block.b.bad, 0)).toBeGreaterThan(20);
});

it("shows the arms as they were: b faster, in blocks and in the whole", () => {
  const digest = runDigestOf(observation);
  const ratio =
    (digestQuantileMs(digest.latency.b, 0.5) ?? 0) / (digestQuantileMs(digest.latency.a, 0.5) ?? 1);
  expect(ratio).toBeCloseTo(0.72, 1);
  expect(JSON.stringify(digest).length).toBeLessThan(60_000);
});

it("does not let an upstream that invents side names fill the bundle", () => {
  const samples = observation.samples.map((sample, i) => ({ ...sample, side: `side-${i}`.padEnd(500, "x") }));
  const { served } = runDigestOf({ ...observation, samples });
  expect(Object.keys(served.a)).toHaveLength(11);
  expect(served.a.others).toBeGreaterThan(4_000);
});
