import { expect, test } from "vitest";
import { hashPassword, passwordMatches } from "./passwords.ts";

test("a password matches its own hash only, and each hash has a salt of its own", async () => {
  const [one, two] = await Promise.all([hashPassword("correct horse"), hashPassword("correct horse")]);
  expect(one).not.toBe(two);
  expect(await passwordMatches(one, "correct horse")).toBe(true);
  expect(await passwordMatches(one, "correct hors")).toBe(false);
});

test("without an account it works as long as with one, so that time tells nobody who has one", async () => {
  const stored = await hashPassword("correct horse");
  const medianMs = async (hash: string | undefined) => {
    const times: number[] = [];
    for (let i = 0; i < 7; i++) {
      const startedMs = performance.now();
      await passwordMatches(hash, "wrong");
      times.push(performance.now() - startedMs);
    }
    return times.sort((a, b) => a - b)[3] ?? 0;
  };
  // Far below 1, for busy machines; without the work the ratio is about 0.001.
  expect((await medianMs(undefined)) / (await medianMs(stored))).toBeGreaterThan(0.2);
});
