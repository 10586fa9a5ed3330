import fc from "fast-check";
import { expect, test } from "vitest";
import { vatOf } from "./vat.ts";

test("VAT is taken out of the gross amount, at the rate of the day of the order", () => {
  expect(vatOf(12_300, "2015-03-02T00:00:00.000Z")).toEqual({ percent: 23, net: 10_000, vat: 2_300 });
  expect(vatOf(12_100, "2020-09-01T00:00:00.000Z")).toEqual({ percent: 21, net: 10_000, vat: 2_100 });
  expect(vatOf(12_100, "2021-02-28T23:59:59.999Z").percent).toBe(21);
  expect(vatOf(12_100, "2021-03-01T00:00:00.000Z").percent).toBe(23);
  expect(vatOf(12_100, "2020-08-31T23:59:59.999Z").percent).toBe(23);
});

test("net and VAT make the gross amount, and VAT is the nearest cent to its share of it", () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 1_000_000_000_000 }),
      fc.constantFrom("2020-10-01", "2026-01-01"),
      (gross, day) => {
        const { percent, net, vat } = vatOf(gross, day);
        expect(net + vat).toBe(gross);
        // In whole numbers: |vat · (100 + rate) − gross · rate| is at most half of (100 + rate).
        const off = BigInt(vat) * BigInt(100 + percent) - BigInt(gross) * BigInt(percent);
        expect(2n * (off < 0n ? -off : off) <= BigInt(100 + percent)).toBe(true);
      },
    ),
  );
});
