import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { digestOf } from "../duet/cut.ts";
import { judge, lookNeeded } from "../duet/judge.ts";
import { type Protocol, QUICK } from "../duet/protocol.ts";
import { NOMINAL, type Noise } from "./noise.ts";
import { tableLine } from "./page.ts";
import { Random } from "./random.ts";
import { type Method, type Row, simulateRow } from "./row.ts";
import { ROWS } from "./rows.ts";
import { SimulatedRun } from "./run.ts";
import { sampledObservation } from "./samples.ts";
import { inOneTry } from "./verdicts.ts";
import { WORLDS } from "./world.ts";

const N = 200;
// Pure computing, but a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 });

function shares(method: Method, world: Row["world"], noise: Row["noise"] = "nominal") {
  const tally = simulateRow({ method, world, noise, n: N });
  return { pass: tally.pass / N, fail: tally.fail / N, inconclusive: tally.inconclusive / N };
}

describe("the quick duet, in 200 simulated worlds each", () => {
  test("equal services: at least 85 % pass and at most 3 % are false alarms", () => {
    const { pass, fail } = shares("quick", "same");
    expect(pass).toBeGreaterThanOrEqual(0.85);
    expect(fail).toBeLessThanOrEqual(0.03);
  });

  test.each(["quarterSlower", "slowTail", "errors"] as const)(
    "%s never passes and nearly always fails",
    (world) => {
      const { pass, fail } = shares("quick", world);
      expect(pass).toBe(0);
      expect(fail).toBeGreaterThanOrEqual(0.95);
    },
  );

  test("a service at the margin passes in at most 5 %", () => {
    expect(shares("quick", "tenSlower").pass).toBeLessThanOrEqual(0.05);
  });

  test.each(["bothHalf", "bothThrice"] as const)(
    "harm that falls on both sides (%s) is inconclusive",
    (world) => {
      expect(shares("quick", world).inconclusive).toBeGreaterThanOrEqual(0.97);
    },
  );

  test("a machine that wanders by a quarter hides no harm and makes none: each solo block has its own neighbours", () => {
    expect(shares("quick", "bothHalf", "drifting").inconclusive).toBeGreaterThanOrEqual(0.97);
    expect(shares("quick", "same", "drifting").pass).toBeGreaterThanOrEqual(0.85);
  });

  test("a truly better service passes with a third of α, and an exact copy passes less often", () => {
    const better = shares("quick-try", "better").pass;
    expect(better).toBeGreaterThanOrEqual(0.95);
    expect(shares("quick-try", "same").pass).toBeLessThan(better);
  });

  test("on a hostile machine it says that it doesn't know, and +25 % still never passes", () => {
    const { fail, inconclusive } = shares("quick", "same", "hostile");
    expect(inconclusive).toBeGreaterThan(0.3);
    expect(fail).toBeLessThanOrEqual(0.08);
    expect(shares("quick", "quarterSlower", "hostile").pass).toBe(0);
  });
});

test("A then B cries wolf in more than a quarter of equal services, and misses +25 % in more than a fifth", () => {
  expect(shares("a-then-b", "same").fail).toBeGreaterThan(0.25);
  expect(shares("a-then-b", "quarterSlower").pass).toBeGreaterThan(0.2);
});

describe("the shortcut over order statistics is honest", () => {
  const spreadOf = (values: number[]) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
  };
  const PROTOCOL: Protocol = { ...inOneTry(QUICK), metrics: ["p50", "p95", "p99"] };
  // Without slow swings and rare hiccups, twenty runs are enough to compare.
  const shared = { ...NOMINAL.shared, stretch: { sd: 0, rho: 0 } };
  const steady: Noise = { ...NOMINAL, shared, hiccup: { chance: 0, meanStretch: 0 } };
  const runs = Array.from({ length: 20 }, (_, i) => i);
  const sampled = runs.map((i) => {
    const observation = sampledObservation(PROTOCOL, WORLDS.same, steady, new Random(`full ${i}`));
    return digestOf(observation, PROTOCOL, 2).pairs;
  });

  test.each([
    ["p50", 0.1],
    ["p95", 0.1],
    ["p99", 0.2],
  ] as const)(
    "its block differences at the %s scatter as those of single requests do",
    (metric, tolerance) => {
      const differences = (of: (i: number) => readonly { aMs: number; bMs: number }[]) =>
        spreadOf(runs.flatMap((i) => of(i).map(({ aMs, bMs }) => Math.log(bMs / aMs))));
      const short = differences(
        (i) =>
          new SimulatedRun(PROTOCOL, WORLDS.same, steady, new Random(`short ${i}`)).digest(2).pairs[metric],
      );
      const full = differences((i) => sampled[i]?.[metric] ?? []);
      expect(Math.abs(short / full - 1)).toBeLessThan(tolerance);
    },
  );

  test.each([
    ["same", "pass", 9],
    ["slowTail", "fail", 11],
    ["bothThrice", "inconclusive", 11],
  ] as const)("full runs of single requests (%s) are judged %s as well", (world, outcome, atLeast) => {
    const protocol = inOneTry(QUICK);
    const n = 12;
    let count = 0;
    for (let i = 0; i < n; i++) {
      const observation = sampledObservation(protocol, WORLDS[world], NOMINAL, new Random(`${world} ${i}`));
      const first = judge(observation, protocol, 1);
      const next = lookNeeded(first, protocol);
      if ((next ? judge(observation, protocol, next) : first).verdict === outcome) count++;
    }
    expect(count).toBeGreaterThanOrEqual(atLeast);
  });
});

test("docs/calibration.md says what this code finds", () => {
  const page = readFileSync(new URL("../../docs/calibration.md", import.meta.url), "utf8");
  const some = ROWS.filter(({ method, world }) => method === "quick" && world === "errors");
  expect(some).toHaveLength(4);
  for (const row of some) expect(page).toContain(tableLine(row.world, simulateRow(row)));
});
