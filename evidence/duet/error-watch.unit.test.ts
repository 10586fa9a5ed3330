import fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../simulate/random.ts";
import { ABORT_AT, ErrorWatch } from "./error-watch.ts";

function after(errors: string, shareOfB?: number): ErrorWatch {
  const watch = new ErrorWatch(shareOfB);
  for (const arm of errors) watch.errorOn(arm === "b" ? "b" : "a");
  return watch;
}

test("without errors the e-value is 1", () => {
  expect(after("").highest).toBe(1);
  expect(after("").aborts).toBe(false);
});

test("a total outage of b is called after ten errors, and not after five", () => {
  expect(after("bbbbb").aborts).toBe(false);
  expect(after("bbbbbbbbbb").aborts).toBe(true);
});

test("the e-value is the mean of the likelihood ratios over the alternatives", () => {
  // The integral of (2θ)^k over θ in (½, 1), divided by ½: (2^(k+1) − 1)/(k + 1).
  expect(after("bbbb").highest).toBeCloseTo(31 / 5, 1);
});

test("errors that fall on both sides alike never abort, however many", () => {
  expect(after("ab".repeat(5000)).aborts).toBe(false);
});

test("a reference that errs more than the candidate never aborts", () => {
  expect(after("a".repeat(1000)).highest).toBe(1);
});

test("once over the limit it stays aborted, whatever follows", () => {
  expect(after(`${"b".repeat(12)}${"a".repeat(100)}`).aborts).toBe(true);
});

test("an arm with most of the requests may have most of the errors", () => {
  expect(after("bbbbbbbbba".repeat(20), 0.9).aborts).toBe(false);
  expect(after("bbbbbbbbba".repeat(20), 0.5).aborts).toBe(true);
});

test("it stays a number in an outage of any length", () => {
  const watch = after("b".repeat(100_000));
  expect(Number.isFinite(watch.highest)).toBe(true);
  expect(Number.isFinite(watch.errorOn("b"))).toBe(true);
});

test("no stake grows on average: over all sequences of errors of a fair coin the mean e-value is 1", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), (length) => {
      let sum = 0;
      for (let bits = 0; bits < 2 ** length; bits++) {
        const watch = new ErrorWatch();
        let e = 1;
        for (let i = 0; i < length; i++) e = watch.errorOn(bits & (1 << i) ? "b" : "a");
        sum += e;
      }
      expect(sum / 2 ** length).toBeCloseTo(1, 9);
    }),
  );
});

test("looking after every error, chance alone aborts in at most one run of a hundred", () => {
  const random = new Random("ville");
  let aborted = 0;
  for (let run = 0; run < 2000; run++) {
    const watch = new ErrorWatch();
    for (let i = 0; i < 300; i++) watch.errorOn(random.uniform() < 0.5 ? "b" : "a");
    if (watch.aborts) aborted++;
  }
  expect(ABORT_AT).toBe(100);
  expect(aborted).toBeGreaterThan(0);
  expect(aborted).toBeLessThanOrEqual(20);
});
