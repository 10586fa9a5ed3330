import { expect, test } from "vitest";
import { chart } from "./chart.ts";
import { stepsOf } from "./steps.ts";

const daysFrom = (start: string, length: number) =>
  Array.from({ length }, (_, n) => ({
    day: new Date(Date.parse(start) + n * 86_400_000).toISOString().slice(0, 10),
    orders: 1,
    cancelled: 0,
    pieces: 2,
    revenue: { amount: 100 + n, currency: "EUR" },
  }));

test("a month is shown by day", () => {
  const { unit, bars } = stepsOf(daysFrom("2026-11-01", 30));
  expect([unit, bars.length, bars[0]?.label]).toEqual(["Day", 30, "1 November 2026"]);
});

test("years are shown by month, and nothing gets lost", () => {
  const days = daysFrom("2024-12-15", 400);
  const { unit, bars } = stepsOf(days);
  expect([unit, bars.length, bars[0]?.label, bars.at(-1)?.label]).toEqual([
    "Month",
    14,
    "December 2024 (in part)",
    "January 2026 (in part)",
  ]);
  const sum = (all: readonly { revenue: { amount: number } }[]) =>
    all.reduce((before, { revenue }) => before + revenue.amount, 0);
  expect(sum(bars)).toBe(sum(days));
  expect(bars.reduce((before, { orders }) => before + orders, 0)).toBe(400);
});

test("only a month of which the range holds all days stands as a whole one", () => {
  const { bars } = stepsOf(daysFrom("2024-01-01", 31 + 29 + 31 + 1));
  expect(bars).toHaveLength(92);
  const months = stepsOf(daysFrom("2024-02-01", 29 + 31 + 30 + 30));
  expect(months.bars.map(({ label, part }) => [label, part])).toEqual([
    ["February 2024", false],
    ["March 2024", false],
    ["April 2024", false],
    ["May 2024 (in part)", true],
  ]);
  const drawn = chart(months).text;
  expect(drawn.match(/class="part"/g)).toHaveLength(1);
  expect(drawn).toContain("<span>Feb</span><span>Mar</span><span>Apr</span><span>May</span>");
  expect(chart(stepsOf(daysFrom("2015-01-01", 3_652))).text).not.toContain("names");
});

test("the chart says in words where its highest bar is, and stands for a time without revenue too", () => {
  expect(chart(stepsOf(daysFrom("2026-11-01", 3))).text).toContain("€1.02, in 3 November 2026");
  const none = daysFrom("2026-11-01", 3).map((day) => ({ ...day, revenue: { amount: 0, currency: "EUR" } }));
  const empty = chart(stepsOf(none)).text;
  expect(empty).toContain("No revenue in this time");
  expect(empty).not.toMatch(/NaN|Infinity|undefined/);
});
