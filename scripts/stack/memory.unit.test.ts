import { expect, it } from "vitest";
import { assignRoots, higher, mayBePeak, parsePssBytes, parseResidentBytes } from "./memory.ts";

it("reads the proportional set size in bytes", () => {
  expect(
    parsePssBytes("55d0-7ffe ---p 0 00:00 0 [rollup]\nRss:  200 kB\nPss:     150 kB\nPss_Anon: 9 kB\n"),
  ).toBe(153_600);
  expect(parsePssBytes("")).toBe(0);
});

it("counts descendants under their nearest root", () => {
  const parents = new Map([
    [1, 0],
    [10, 1],
    [11, 10],
    [12, 11],
    [20, 10],
    [21, 20],
    [99, 1],
  ]);
  const assigned = assignRoots(parents, [
    { name: "banyan", pid: 10 },
    { name: "postgres", pid: 20 },
  ]);
  expect([...assigned].sort((a, b) => a[0] - b[0])).toEqual([
    [10, "banyan"],
    [11, "banyan"],
    [12, "banyan"],
    [20, "postgres"],
    [21, "postgres"],
  ]);
});

it("survives a ring of parents", () => {
  const ring = new Map([
    [5, 6],
    [6, 5],
  ]);
  expect(assignRoots(ring, [{ name: "x", pid: 7 }]).size).toBe(0);
});

it("keeps the peak of each name, and of one moment's sum", () => {
  let peak = { totalBytes: 0, byName: new Map<string, number>() as ReadonlyMap<string, number>, samples: 0 };
  peak = higher(
    peak,
    new Map([
      ["a", 10],
      ["b", 1],
    ]),
  );
  peak = higher(
    peak,
    new Map([
      ["a", 2],
      ["b", 8],
    ]),
  );
  expect(peak.totalBytes).toBe(11);
  expect([...peak.byName]).toEqual([
    ["a", 10],
    ["b", 8],
  ]);
  expect(peak.samples).toBe(2);
});

it("measures when a name has grown by more than 2 %, or is new", () => {
  const seen = new Map([
    ["a", 1000],
    ["b", 10],
  ]);
  expect(mayBePeak(seen, new Map([["a", 1020]]))).toBe(false);
  expect(mayBePeak(seen, new Map([["a", 1021]]))).toBe(true);
  expect(mayBePeak(seen, new Map([["b", 11]]))).toBe(true);
  expect(mayBePeak(seen, new Map([["new", 1]]))).toBe(true);
});

it("reads the resident set in bytes", () => {
  expect(parseResidentBytes("300000 250 100 1 0 90 0\n")).toBe(1_024_000);
  expect(parseResidentBytes("")).toBe(0);
});
