import { expect, test } from "vitest";
import { exitCodeOf } from "./exit-code.ts";
import { interruption } from "./interruption.ts";

const said = (command: string | undefined) => {
  const { detail, entry } = interruption(command);
  return `${detail}. ${entry.whatToDo}`;
};

test("Ctrl-C says what the command that it stopped leaves, and ends with 130", () => {
  expect(said("up")).toContain("npm run banyan -- down");
  expect(said("up")).not.toMatch(/flag|measurement/);
  expect(said("prove")).toContain("left no evidence");
  expect(said("sync")).toContain("slots that are filled stay filled");
  expect(said("status")).toContain("nothing was changed");
  expect(said(undefined)).toContain("nothing was changed");
  for (const command of ["up", "down", "prove", "next", "sync", "compare", "status", undefined])
    expect(exitCodeOf(interruption(command))).toBe(130);
});
