import type { Money } from "@banyan/contracts/http/catalog.ts";
import type { SalesReport } from "@banyan/contracts/http/reports.ts";
import { dayText } from "../../day.ts";

export interface Bar {
  readonly label: string;
  readonly orders: number;
  readonly revenue: Money;
}

export interface Steps {
  readonly unit: "Day" | "Month";
  readonly bars: readonly Bar[];
}

/** Longer than a quarter, days are too thin to tell apart. */
const MOST_DAYS = 92;

/** The days as bars; those of a long range gathered by month. */
export function stepsOf(days: SalesReport["days"]): Steps {
  if (days.length <= MOST_DAYS) {
    const bars = days.map(({ day, orders, revenue }) => ({ label: dayText(day), orders, revenue }));
    return { unit: "Day", bars };
  }
  const months = new Map<string, Bar>();
  for (const { day, orders, revenue } of days) {
    const label = dayText(day).replace(/^\d+ /, "");
    const so = months.get(label);
    const amount = (so?.revenue.amount ?? 0) + revenue.amount;
    months.set(label, {
      label,
      orders: (so?.orders ?? 0) + orders,
      revenue: { amount, currency: revenue.currency },
    });
  }
  return { unit: "Month", bars: [...months.values()] };
}
