import { expect, test } from "vitest";
import { LEAST, lacking } from "./enough.ts";

test("a drill that has seen the least of each has seen enough", () => {
  expect(lacking(LEAST)).toEqual([]);
});

test.each(Object.entries(LEAST))("one less than the least of `%s` is not enough", (what, times) => {
  expect(lacking({ ...LEAST, [what]: times - 1 })).toEqual([
    `${what}: ${times - 1}, and ${times} are asked for`,
  ]);
});

test("what was never looked for was never seen", () => {
  expect(lacking({}, { wonders: 1 })).toEqual(["wonders: 0, and 1 are asked for"]);
});
