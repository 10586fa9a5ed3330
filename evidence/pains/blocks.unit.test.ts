import { expect, test } from "vitest";
import { planBlocks } from "./blocks.ts";

test("every disturbed block stands between two quiet ones, and each kind comes once a round", () => {
  const blocks = planBlocks({ kinds: ["invoices", "reports"], rounds: 3, blockMs: 500, fromMs: 1_000 });
  const kinds = blocks.map(({ kind }) => kind);
  expect(kinds.filter((_, n) => n % 2 === 0)).toEqual(Array(7).fill("quiet"));
  expect(kinds.filter((_, n) => n % 2 === 1)).toEqual([
    "invoices",
    "reports",
    "reports",
    "invoices",
    "invoices",
    "reports",
  ]);
  expect(blocks[0]).toEqual({ kind: "quiet", startMs: 1_000, endMs: 1_500 });
  expect(blocks.every(({ startMs }, n) => n === 0 || startMs === blocks[n - 1]?.endMs)).toBe(true);
});
