import fc from "fast-check";
import { expect, it } from "vitest";
import { digestOf, digestQuantileMs, latencyDigestSchema } from "./latency-digest.ts";

it("gives every quantile within one per cent of a measured value", () => {
  const values = fc.array(fc.double({ min: 0.01, max: 60_000, noNaN: true }), {
    minLength: 1,
    maxLength: 200,
  });
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (valuesMs, q) => {
      const sorted = valuesMs.toSorted((a, b) => a - b);
      const exact = sorted[Math.floor(q * (sorted.length - 1))] ?? 0;
      const read = digestQuantileMs(digestOf(valuesMs), q) ?? 0;
      expect(Math.abs(read - exact) / exact).toBeLessThan(0.0101);
    }),
    { seed: 11 },
  );
});

it("keeps a minute-long tail in some hundred bins, and nothing at all as nothing", () => {
  const digest = digestOf(Array.from({ length: 30_000 }, (_, i) => 0.05 + (i / 30_000) ** 4 * 60_000));
  expect(digest.bins.length).toBeLessThan(750);
  expect(digest.bins.reduce((sum, [, count]) => sum + count, 0)).toBe(30_000);
  expect(latencyDigestSchema.parse(JSON.parse(JSON.stringify(digest)))).toEqual(digest);
  expect(digestOf([])).toEqual({ n: 0, minMs: 0, maxMs: 0, bins: [] });
  expect(digestQuantileMs(digestOf([]), 0.5)).toBeNull();
  expect(digestOf([-3, 0]).bins).toEqual([[0, 2]]);
});
