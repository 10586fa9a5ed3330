import { expect, test } from "vitest";
import { MOST_MEAN, paceOf, thinkingMs } from "./pace.ts";
import { journeyOf, meanRequests, REQUESTS, type World } from "./plan.ts";

test.each([300, 700, 1_000, 4_000])(
  "with %i ms to think, so many customers can never ask for more than 100 requests a second",
  (thinkMs) => {
    const { virtualCustomers } = paceOf(30, 7, thinkMs);
    expect(virtualCustomers / (thinkingMs(thinkMs, 1, 0) / 1000)).toBeLessThanOrEqual(100 + 1e-9);
  },
);

test("thinking takes its mean in the mean", () => {
  expect(thinkingMs(700, 2, 0.5)).toBeCloseTo(1_400, 9);
  expect(thinkingMs(0, 2, 0.9)).toBe(0);
});

test("journeys come as often as the mean asks for", () => {
  expect((paceOf(MOST_MEAN, 7, 700).journeysPerMinute * 7) / 60).toBeCloseTo(MOST_MEAN, 0);
});

const ids = (n: number) => Array.from({ length: n }, (_, i) => `id-${i}`);
const world: World = {
  products: ids(480),
  wares: ids(400),
  categories: ids(30).map((slug) => ({ slug, pages: 5 })),
  words: ids(80),
};

test.each([1, 2, 3, 4, 5])(
  "with seed %i nobody finds the shop full in three minutes, even if each answer takes a tenth of a second",
  (seed) => {
    const pace = paceOf(30, meanRequests(seed, world), 700);
    const changes: { readonly atMs: number; readonly by: 1 | -1 }[] = [];
    for (let i = 0; i < 3 * pace.journeysPerMinute; i++) {
      const fromMs = (i * 60_000) / pace.journeysPerMinute;
      const tookMs = journeyOf(seed, i, world).views.reduce(
        (sum, { kind }) => sum + thinkingMs(700, REQUESTS[kind], 0.5) + 100 * REQUESTS[kind],
        0,
      );
      changes.push({ atMs: fromMs, by: 1 }, { atMs: fromMs + tookMs, by: -1 });
    }
    let inside = 0;
    let most = 0;
    for (const { by } of changes.sort((a, b) => a.atMs - b.atMs)) {
      inside += by;
      most = Math.max(most, inside);
    }
    expect(most).toBeLessThan(pace.virtualCustomers);
  },
);
