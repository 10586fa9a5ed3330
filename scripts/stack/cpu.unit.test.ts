import { expect, test } from "vitest";
import { parseCpuStat, readCpuStat, sampleCpu, sumCpu } from "./cpu.ts";

const STAT = "4711 (a (b) c) S 17 4711 4711 0 -1 4194560 9 8 7 6 150 50 300 20 20 0 11 0 999 1 2";

test("the name may hold brackets and blanks; times are user plus system", () => {
  expect(parseCpuStat(STAT)).toEqual({ parentPid: 17, ownS: 2, endedChildrenS: 3.2 });
});

test("what is cut off is nothing", () => {
  expect(parseCpuStat("")).toBeNull();
  expect(parseCpuStat("1 (x) S 2 3")).toBeNull();
});

test("a name has its own time, its descendants', and that of the children it has buried", () => {
  const stat = (parentPid: number, ownS: number, endedChildrenS = 0) => ({
    parentPid,
    ownS,
    endedChildrenS,
  });
  const stats = new Map([
    [1, stat(0, 100)],
    [10, stat(1, 1, 5)],
    [11, stat(10, 2)],
    [12, stat(11, 4)],
    [20, stat(1, 8)],
  ]);
  const roots = [
    { name: "postgres", pid: 10 },
    { name: "proxy", pid: 20 },
    { name: "gone", pid: 99 },
  ];
  expect([...sumCpu(stats, roots)]).toEqual([
    ["postgres", 12],
    ["proxy", 8],
  ]);
});

test("it reads this very process, and nothing of one that is not there", () => {
  expect(readCpuStat(process.pid)?.ownS).toBeGreaterThan(0);
  expect(sampleCpu([{ name: "me", pid: process.pid }]).get("me")).toBeGreaterThan(0);
  expect(readCpuStat(2 ** 22 + 1)).toBeNull();
});
