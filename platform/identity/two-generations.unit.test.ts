import { expect, test } from "vitest";
import { TwoGenerations } from "./two-generations.ts";

test("never more than the given number is remembered, and always the newest half of it", () => {
  const known = new TwoGenerations<number>(10);
  for (let i = 0; i < 1_000; i++) {
    known.set(`${i}`, i);
    const last = Math.max(0, i - 4);
    for (let j = last; j <= i; j++) expect(known.get(`${j}`)).toBe(j);
  }
  const left = Array.from({ length: 1_000 }, (_, i) => known.get(`${i}`)).filter(
    (value) => value !== undefined,
  );
  expect(left.length).toBeGreaterThanOrEqual(5);
  expect(left.length).toBeLessThanOrEqual(10);
});

test("what is asked for again and again stays, however many others come", () => {
  const known = new TwoGenerations<string>(10);
  known.set("regular", "yes");
  for (let i = 0; i < 1_000; i++) {
    known.set(`${i}`, "once");
    expect(known.get("regular")).toBe("yes");
  }
});

test("what is deleted is gone from both generations", () => {
  const known = new TwoGenerations<number>(2);
  known.set("a", 1);
  known.set("b", 2);
  expect(known.get("a")).toBe(1);
  known.delete("a");
  expect(known.get("a")).toBeUndefined();
});
