import { expect, test } from "vitest";
import { digestQuantileMs } from "../bundle/latency-digest.ts";
import { examplePains } from "./example-record.ts";
import { examplePainsSamples } from "./example-samples.ts";
import { parsePains } from "./record.ts";
import { shareOf, summaryOf } from "./summary.ts";

test("each kind has its effect, on everyone and on what is waited for", () => {
  const { effects } = summaryOf(examplePainsSamples());
  const [invoices, reports, checkouts] = effects;
  expect(effects.map(({ kind }) => kind)).toEqual(["invoices", "reports", "checkouts"]);
  expect(invoices?.own.n).toBe(10);
  expect(digestQuantileMs(invoices?.own ?? { n: 0, minMs: 0, maxMs: 0, bins: [] }, 0.5)).toBeCloseTo(150, -1);
  const ratios = [invoices, reports, checkouts].map((effect) => effect?.p99Ratio.estimate ?? 0);
  expect(ratios[0]).toBeGreaterThan(4);
  expect(ratios[0]).toBeGreaterThan(ratios[1] ?? 0);
  expect(ratios[1]).toBeGreaterThan(ratios[2] ?? 0);
  expect(invoices?.pool.disturbed.maxMs).toBeGreaterThan(50);
  expect(invoices?.pool.quiet.maxMs).toBe(1);
});

test("a search is told from a product by its id in quiet blocks only", () => {
  const { looks } = summaryOf(examplePainsSamples());
  expect(looks.search.maxMs).toBeLessThan(25);
  expect(looks.product.maxMs).toBeLessThan(10);
});

test("the mail's share is of the medians; without the shop's word there is none", () => {
  const { checkout } = summaryOf(examplePainsSamples());
  expect(shareOf(checkout, "mail")).toBeCloseTo(0.5, 1);
  expect(shareOf({ ...checkout, parts: [] }, "mail")).toBeNull();
});

test("a record is read back as it was written", () => {
  const record = examplePains();
  expect(parsePains(JSON.stringify(record), "x.json")).toEqual(record);
});

test.each(["{", "{}", JSON.stringify({ ...examplePains(), blockMs: 0 })])(
  "a record that is none is refused with its code: %s",
  (text) => {
    expect(() => parsePains(text, "x.json")).toThrow(/^BYN-EVIDENCE-069 x\.json/);
  },
);
