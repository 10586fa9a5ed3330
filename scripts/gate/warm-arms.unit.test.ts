import { expect, test } from "vitest";
import { WarmArms } from "./warm-arms.ts";

const proxy = { pid: 1, startTime: "10" };
const catalog = { pid: 2, startTime: "20" };
const extracted = { url: "http://127.0.0.1:8080", expectedSide: "extracted" } as const;

function counting() {
  const warm = new WarmArms();
  const calls = { n: 0 };
  const once = (arm: Parameters<WarmArms["once"]>[0], processes: Parameters<WarmArms["once"]>[1]) =>
    warm.once(arm, processes, async () => {
      calls.n += 1;
    });
  return { warm, calls, once };
}

test("an arm is warmed once while its processes are the same, in whatever order they are listed", async () => {
  const { calls, once } = counting();
  await once(extracted, [proxy, catalog]);
  await once(extracted, [catalog, proxy]);
  expect(calls.n).toBe(1);
});

test("a process that was started anew is cold, under the same pid too", async () => {
  const { calls, once } = counting();
  await once(extracted, [proxy, catalog]);
  await once(extracted, [proxy, { pid: 2, startTime: "21" }]);
  await once(extracted, [proxy, { pid: 3, startTime: "21" }]);
  expect(calls.n).toBe(3);
});

test("the other side, and the same side without the proxy, are arms of their own", async () => {
  const { calls, once } = counting();
  await once(extracted, [proxy, catalog]);
  await once({ ...extracted, expectedSide: "monolith" }, [proxy, catalog]);
  await once({ url: "http://127.0.0.1:3001" }, [proxy, catalog]);
  expect(calls.n).toBe(3);
});

test("a warm-up that was broken off warmed nothing", async () => {
  const { warm, calls, once } = counting();
  const broken = warm.once(extracted, [proxy], () => Promise.reject(new Error("aborted")));
  await expect(broken).rejects.toThrow("aborted");
  await once(extracted, [proxy]);
  expect(calls.n).toBe(1);
});
