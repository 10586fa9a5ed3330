import { expect, test } from "vitest";
import { flagWords, stageOf } from "./words.ts";

test("a flag that is switched off is told from one at 0 %, and one that can't be read from both", () => {
  expect(flagWords({ percentage: 0, on: true }, undefined)).toBe("0 %");
  expect(flagWords({ percentage: 0, on: false }, undefined)).toBe("0 %: its switch is off in Unleash");
  expect(flagWords(undefined, "no answer")).toBe("unknown (no answer)");
  expect(flagWords({ percentage: 0, on: true }, "two strategies")).toBe("unknown (two strategies)");
});

test("the stage follows the flag first and the copy then", () => {
  const states = { empty: 100, filling: 0, following: 0, quarantined: 0 };
  expect(stageOf(100, undefined)).toBe("live");
  expect(stageOf(1, { states })).toBe("ramp");
  expect(stageOf(0, { states })).toBe("off");
  expect(stageOf(0, { states: { ...states, following: 1 } })).toBe("sync");
});
