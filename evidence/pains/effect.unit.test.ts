import { expect, test } from "vitest";
import { planBlocks } from "./blocks.ts";
import { type Bystander, type Disturbance, effectOf } from "./effect.ts";

const blocks = planBlocks({ kinds: ["invoices"], rounds: 6, blockMs: 1_000, fromMs: 500 });
const END_MS = blocks.at(-1)?.endMs ?? 0;

/** A request every 10 ms; each disturbed second begins with an invoice of 200 ms that holds up who comes meanwhile. */
function samples(options: { readonly hold: boolean; readonly drift?: number }) {
  const disturbances: Disturbance[] = blocks
    .filter(({ kind }) => kind === "invoices")
    .map(({ startMs }) => ({ kind: "invoices", startMs, endMs: startMs + 200 }));
  const everyone: Bystander[] = [];
  for (let startMs = 0; startMs < END_MS; startMs += 10) {
    const held = disturbances.find((of) => startMs >= of.startMs && startMs < of.endMs);
    const slower = 1 + ((options.drift ?? 0) * startMs) / END_MS;
    const latencyMs =
      slower * (options.hold && held !== undefined ? held.endMs - startMs : 5 + (startMs % 7));
    everyone.push({ startMs, latencyMs, route: "x" });
  }
  return { everyone, disturbances };
}

test("what holds everyone up multiplies the slowest answers, and its lower bound is above one", () => {
  const { everyone, disturbances } = samples({ hold: true });
  const { p99Ratio, quiet, disturbed } = effectOf(blocks, everyone, disturbances, "invoices");
  expect(p99Ratio.estimate).toBeGreaterThan(10);
  expect(p99Ratio.lower).toBeGreaterThan(10);
  expect(Math.max(...quiet.map(({ latencyMs }) => latencyMs))).toBe(11);
  expect(disturbed).toHaveLength(600);
});

test("a machine that gets three times slower during the run is no effect", () => {
  const { everyone, disturbances } = samples({ hold: false, drift: 2 });
  const { p99Ratio } = effectOf(blocks, everyone, disturbances, "invoices");
  expect(p99Ratio.estimate).toBeGreaterThan(0.8);
  expect(p99Ratio.estimate).toBeLessThan(1.2);
});

test("a disturbance that outlasts its block takes nothing from the quiet one after it", () => {
  const late = [{ kind: "invoices", startMs: 2_400, endMs: 2_900 }];
  const at = (startMs: number): Bystander => ({ startMs, latencyMs: 5, route: "x" });
  const { quiet, disturbed } = effectOf(
    blocks,
    [at(2_450), at(2_600), at(3_000), at(3_200)],
    late,
    "invoices",
  );
  expect(disturbed.map(({ startMs }) => startMs)).toEqual([2_450]);
  expect(quiet.map(({ startMs }) => startMs)).toEqual([3_200]);
});

test("without disturbances nothing is disturbed, and there is no ratio", () => {
  const { everyone } = samples({ hold: false });
  const { disturbed, quiet, p99Ratio } = effectOf(blocks, everyone, [], "invoices");
  expect(disturbed).toEqual([]);
  expect(quiet.length).toBeGreaterThan(600);
  expect(p99Ratio).toEqual({ estimate: null, lower: null, upper: null });
});
