import { expect, test } from "vitest";
import { parseMachineCpu, readMachineCpu } from "./machine-cpu.ts";

test("busy is all but idle and waiting; guests are not counted twice", () => {
  const text = "cpu  100 20 30 800 50 5 6 7 90 9\ncpu0 1 1 1 1 1 1 1 1 0 0\n";
  expect(parseMachineCpu(text)).toEqual({ busyS: 1.68, totalS: 10.18 });
});

test("it reads this machine", () => {
  const { busyS, totalS } = readMachineCpu();
  expect(busyS).toBeGreaterThan(0);
  expect(totalS).toBeGreaterThan(busyS);
});
