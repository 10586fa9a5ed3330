import { expect, test } from "vitest";
import { doubtsOf } from "./doubts.ts";
import { ARMS, type Arm, KINDS } from "./kinds.ts";
import { withPart } from "./page.ts";
import { proxyAimWords } from "./proxy-aim.ts";
import { PLAN } from "./proxy-bench.ts";
import { proxyPart } from "./proxy-part.ts";
import { type Reading, ratioOf, rowsOf } from "./results.ts";
import { cellsOf, HEAD } from "./table.ts";

/** A round that is `slow` times slower for everybody; Banyan costs 0.8 of what Express costs. */
function round(number: number, slow: number): Reading[] {
  const costs: Record<Arm, number> = { direct: 50, express: 400, banyan: 320 };
  return KINDS.flatMap((kind) =>
    ARMS.map((arm) => {
      const cpuUs = costs[arm] * slow;
      const values = {
        requestsPerSecond: 1e6 / cpuUs,
        p50Ms: cpuUs / 200,
        p99Ms: cpuUs / 50,
        cpuUs,
        rssBytes: 100 * 1_048_576,
      };
      return { round: number, kind, arm, values, targetCoreRatio: 0.99, generatorCoreRatio: 0.2 };
    }),
  );
}

const readings = [1, 1.1, 0.9, 1.3, 1.02, 2].flatMap((slow, i) => round(i + 1, slow));

test("what slows both arms of a round cancels out of their ratio", () => {
  const { estimate, lower, upper } = ratioOf([80, 88, 160, 72, 81, 79], [100, 110, 200, 90, 101.25, 98.75]);
  for (const value of [estimate, lower, upper]) expect(value).toBeCloseTo(0.8, 10);
});

test("the ratio of the inverse is the inverse ratio, and its bounds change places", () => {
  const a = [1, 2, 3, 4, 5, 6];
  const b = [2, 3, 3.5, 6, 9, 7];
  const over = ratioOf(a, b);
  const under = ratioOf(b, a);
  expect(over.estimate).toBeCloseTo(1 / (under.estimate ?? 0), 10);
  expect(over.lower).toBeCloseTo(1 / (under.upper ?? 0), 10);
});

test("four rounds give no interval, five do; figures that are none give no ratio", () => {
  expect(ratioOf([1, 2, 3, 4], [1, 2, 3, 4])).toMatchObject({ lower: null, upper: null });
  expect(ratioOf([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]).lower).not.toBeNull();
  expect(ratioOf([], [])).toEqual({ estimate: null, lower: null, upper: null });
  expect(ratioOf([1, Number.NaN], [1, 1])).toEqual({ estimate: null, lower: null, upper: null });
});

test("the table has a row for each measure of each kind, with medians and both ratios", () => {
  const cells = cellsOf(rowsOf(readings));
  expect(cells).toHaveLength(15);
  for (const row of cells) expect(row).toHaveLength(HEAD.length);
  expect(cells[3]).toEqual([
    "",
    "CPU for a request",
    "53 µs",
    "424 µs",
    "339 µs",
    "0.80 (0.80 – 0.80)",
    "6.40 (6.40 – 6.40)",
  ]);
  expect(cellsOf(rowsOf(round(1, 1)))[0]).toEqual([
    "GET, 2 kB answer",
    "requests/s at saturation",
    "20000",
    "2500",
    "3125",
    "1.25",
    "0.16",
  ]);
});

test("a run says itself what makes its figures doubtful", () => {
  expect(doubtsOf(readings, { othersRatio: 0.02, dropped: 0, stalls: 0 })).toEqual([]);
  const busy = readings.map((reading) =>
    reading.arm === "direct" && reading.kind === "small" ? { ...reading, generatorCoreRatio: 0.97 } : reading,
  );
  const idle = busy.map((reading) =>
    reading.arm === "banyan" && reading.kind === "post" ? { ...reading, targetCoreRatio: 0.6 } : reading,
  );
  const generator =
    "direct, GET, 2 kB answer: the load generator took 97 % of a core, so its requests/s are a lower bound.";
  expect(doubtsOf(idle, { othersRatio: 0.02, dropped: 0, stalls: 0 })).toEqual([
    generator,
    "Banyan, POST of 4 kB: at its highest load it took 60 % of a core, so something else held it back.",
  ]);
  expect(doubtsOf(idle, { othersRatio: 0.3, dropped: 4, stalls: 1 })).toEqual([
    generator,
    "Other processes took 30 % of the machine meanwhile: do it again when it is quiet.",
    "4 requests of the fixed rate could not be sent when they were due.",
    "In 1 turns no answer came at all; they were taken again.",
  ]);
});

test("the page names machine, commit, date and doubts beside the table", () => {
  const page = proxyPart({
    ...PLAN,
    rows: rowsOf(readings),
    readings,
    doubts: ["Other processes took 30 % of the machine meanwhile."],
    othersRatio: 0.3,
    machine: {
      cpuModel: "Some CPU",
      cores: 2,
      memoryBytes: 8 * 2 ** 30,
      kernel: "linux 6",
      node: "v24.0.0",
      k6: "2.2.0",
    },
    commit: { id: "0123456789abcdef", dirty: "ff" },
    date: "2026-11-22T18:00:00.000Z",
  });
  expect(page).toContain(
    "Taken on 2026-11-22 at commit `0123456789ab` with changes that are not committed, on 2 cores (Some CPU), 8 GiB",
  );
  expect(page).toContain("| GET, 2 kB answer | requests/s at saturation |");
  expect(page).toContain("- Other processes took 30 %");
});

test("a bench replaces its own part of the page, and leaves the other's as it is", () => {
  const first = withPart("# Something of an older form\n", "handover", "## The handover\n\nold");
  const both = withPart(first, "proxy", "## The proxy\n\nfigures");
  expect(both.indexOf("## The proxy")).toBeLessThan(both.indexOf("## The handover"));
  expect(both).not.toContain("older form");
  const again = withPart(both, "handover", "## The handover\n\nnew\n");
  expect(again).toBe(both.replace("old", "new"));
  expect(withPart(again, "proxy", "## The proxy\n\nfigures")).toBe(again);
});

test("the aim is missed only where a whole interval is above that of express + HPM", () => {
  const rows = rowsOf(readings);
  expect(proxyAimWords(rows)).toMatch(/ Met, as far as these rounds can tell \(GET, 2 kB answer: × 0\.80 /);
  const dearer = rows.map((row) =>
    row.kind === "post" ? { ...row, overExpress: { estimate: 1.1, lower: 1.01, upper: 1.2 } } : row,
  );
  expect(proxyAimWords(dearer)).toContain("**Missed** (POST of 4 kB: × 1.10 (1.01 – 1.20)).");
  const unknown = rows.map((row) => ({ ...row, overExpress: { estimate: null, lower: null, upper: null } }));
  expect(proxyAimWords(unknown)).toContain("**Missed**");
});
