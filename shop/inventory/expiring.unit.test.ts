import { createLog } from "@banyan/platform/logging/log.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Repeating } from "../repeating.ts";
import { startExpiring } from "./expiring.ts";

const silent = createLog("test", "silent");

let expiring: Repeating | undefined;
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  await expiring?.stop();
  vi.useRealTimers();
});

test("looks once a second, with a bound", async () => {
  const limits: number[] = [];
  expiring = startExpiring(
    {
      expire: async (limit) => {
        limits.push(limit);
        return 3;
      },
    },
    silent,
  );
  await vi.advanceTimersByTimeAsync(3_500);
  expect(limits).toEqual([100, 100, 100, 100]);
});

test("looks on at once while there is more than one look can take", async () => {
  const left = [100, 100, 100, 7, 0];
  const looks: number[] = [];
  expiring = startExpiring(
    {
      expire: async () => {
        looks.push(Date.now());
        return left.shift() ?? 0;
      },
    },
    silent,
  );
  const beganMs = Date.now();
  await vi.advanceTimersByTimeAsync(1_500);
  expect(looks.map((atMs) => atMs - beganMs)).toEqual([0, 0, 0, 0, 1_000]);
});

test("counts looks that fail, and goes on", async () => {
  let isAway = true;
  expiring = startExpiring(
    {
      expire: async () => {
        if (isAway) throw new Error("away");
        return 0;
      },
    },
    silent,
  );
  await vi.advanceTimersByTimeAsync(2_500);
  expect(expiring.failing()).toBe(3);
  isAway = false;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(expiring.failing()).toBe(0);
});

test("stops after the look in hand, and begins no other", async () => {
  let looks = 0;
  let end: (expired: number) => void = () => {};
  expiring = startExpiring(
    {
      expire: () => {
        looks += 1;
        return new Promise((resolve) => {
          end = resolve;
        });
      },
    },
    silent,
  );
  let isStopped = false;
  const stopping = expiring.stop().then(() => {
    isStopped = true;
  });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(isStopped).toBe(false);
  end(100);
  await stopping;
  expect(looks).toBe(1);
});
