import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Gathered } from "./gathered.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function gathering(): { readonly gathered: Gathered; readonly seen: string[] } {
  const seen: string[] = [];
  const output = {
    write: (text: string) => seen.push(text),
    flush: () => {},
    flushSync: () => seen.push("flushed"),
  };
  return { gathered: new Gathered(output), seen };
}

test("lines that come soon after each other are written together, in their order, 200 ms after the first", () => {
  const { gathered, seen } = gathering();
  gathered.write("one\n");
  vi.advanceTimersByTime(150);
  gathered.write("two\n");
  vi.advanceTimersByTime(49);
  expect(seen).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(seen).toEqual(["one\ntwo\n"]);
  gathered.write("three\n");
  vi.advanceTimersByTime(200);
  expect(seen).toEqual(["one\ntwo\n", "three\n"]);
});

test("many lines are written before that, and each of them once", () => {
  const { gathered, seen } = gathering();
  const lines = Array.from({ length: 1_000 }, (_, i) => `${String(i).padStart(99, "0")}\n`);
  for (const line of lines) gathered.write(line);
  expect(seen.length).toBeLessThan(3);
  vi.advanceTimersByTime(200);
  expect(seen.join("")).toBe(lines.join(""));
});

test("lines of any script and any length come out as they went in, in their order", () => {
  const { gathered, seen } = gathering();
  const lines = ["é", "木".repeat(21_845), "x".repeat(21_846), "🌳".repeat(100_000), "木", "last"].map(
    (line) => `${line}\n`,
  );
  for (const line of lines) gathered.write(line);
  gathered.flushSync();
  expect(seen.at(-1)).toBe("flushed");
  expect(seen.slice(0, -1).join("") === lines.join("")).toBe(true);
});

test("a flush writes what was gathered first, and leaves no timer behind", () => {
  const { gathered, seen } = gathering();
  gathered.write("last\n");
  gathered.flushSync();
  expect(seen).toEqual(["last\n", "flushed"]);
  expect(vi.getTimerCount()).toBe(0);
});
