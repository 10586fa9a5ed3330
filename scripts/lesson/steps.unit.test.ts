import { expect, test } from "vitest";
import { showExpected } from "./steps.ts";

test("what was expected gets a mark only where the measurement settles it", () => {
  const lines: string[] = [];
  const line = (mark: string) => (text: string) => void lines.push(`${mark}${text}`);
  const screen = { say: line(""), good: line("✓ "), warn: line("! ") };
  const of = (what: string, asExpected: boolean | null) => ({
    what,
    expected: "0",
    measured: "0 of 0",
    asExpected,
  });
  showExpected({ screen }, { expected: [of("kept", true), of("broken", false), of("open", null)] });
  expect(lines).toEqual([
    "✓ expected kept: 0; measured: 0 of 0",
    "! expected broken: 0; measured: 0 of 0 — not as expected",
    "? expected open: 0; measured: 0 of 0 — not settled",
  ]);
});
