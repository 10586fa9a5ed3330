import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";
import { createWaker } from "./waker.ts";

test("backoff doubles up to five seconds, half of it random", () => {
  expect([1, 2, 3, 8, 1_000].map((n) => backoffMs(n, () => 1))).toEqual([50, 100, 200, 5_000, 5_000]);
  expect([1, 2, 3, 8, 1_000].map((n) => backoffMs(n, () => 0))).toEqual([25, 50, 100, 2_500, 2_500]);
});

test("a wake-up that comes while nobody waits cuts the next wait, once", async () => {
  const waker = createWaker();
  waker.wake();
  waker.wake();
  await waker.wait(3_600_000);
  const cut = waker.wait(3_600_000);
  waker.wake();
  await cut;
});
