import type { Money } from "@banyan/contracts/http/catalog.ts";
import type { SalesReport } from "@banyan/contracts/http/reports.ts";
import { dayText } from "../../day.ts";

export interface Bar {
  /** Its day or month; of a month that the range begins or ends within, also that this is not all of it. */
  readonly label: string;
  /** True of such a month. */
  readonly part: boolean;
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
    const bars = days.map(({ day, orders, revenue }) => ({
      label: dayText(day),
      part: false,
      orders,
      revenue,
    }));
    return { unit: "Day", bars };
  }
  const months = Map.groupBy(days, ({ day }) => day.slice(0, "YYYY-MM".length));
  return { unit: "Month", bars: [...months].map(([month, of]) => monthBar(month, of)) };
}

function monthBar(month: string, days: SalesReport["days"]): Bar {
  const name = dayText(`${month}-01`).replace(/^\d+ /, "");
  const [year = 0, number = 0] = month.split("-").map(Number);
  // Day 0 of the month after it (Date counts months from 0).
  const part = days.length < new Date(Date.UTC(year, number, 0)).getUTCDate();
  return {
    label: part ? `${name} (in part)` : name,
    part,
    orders: days.reduce((sum, { orders }) => sum + orders, 0),
    revenue: {
      amount: days.reduce((sum, { revenue }) => sum + revenue.amount, 0),
      currency: days[0]?.revenue.currency ?? "",
    },
  };
}
