import { expect, test } from "vitest";
import { LAST_BASE, PORT_COUNT, portsOf } from "./layout.ts";

test("the familiar ports are all different, and a row has as many without a gap", () => {
  expect(new Set(Object.values(portsOf(undefined))).size).toBe(PORT_COUNT);
  const row = Object.values(portsOf(21_000));
  expect(row).toEqual(Array.from({ length: PORT_COUNT }, (_, n) => 21_000 + n));
});

test("a row ends at the last port that there is, and does not begin after that", () => {
  expect(Math.max(...Object.values(portsOf(LAST_BASE)))).toBe(65_535);
  expect(() => portsOf(LAST_BASE + 1)).toThrow(/BYN-CLI-002/);
  expect(() => portsOf(1_023)).toThrow(/BYN-CLI-002/);
});
