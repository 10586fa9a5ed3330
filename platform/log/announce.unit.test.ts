import { expect, test } from "vitest";
import { payloadsOf } from "./announce.ts";

test("ids become JSON arrays, each id once", () => {
  expect(payloadsOf([])).toEqual([]);
  expect(payloadsOf(["a", "b", "a"])).toEqual(['["a","b"]']);
});

test("a large set is split so that every payload stays under Postgres's 8000 bytes, and none is lost", () => {
  const ids = Array.from({ length: 3_000 }, (_, i) => `product-ü-${i}`);
  const payloads = payloadsOf(ids);
  expect(payloads.length).toBeGreaterThan(1);
  for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
  expect(payloads.flatMap((payload) => JSON.parse(payload))).toEqual(ids);
});

test("too many, or one that can't be said, is everything", () => {
  const many = Array.from({ length: 50_000 }, (_, i) => `product-${i}`);
  expect(payloadsOf(many)).toEqual(['["*"]']);
  expect(payloadsOf(["a", "x".repeat(9_000)])).toEqual(['["*"]']);
  expect(payloadsOf(["a", "*"])).toEqual(['["*"]']);
});
