/**
 * The day on which the shop opened, and how long it has been in business in its demo data: the time in which all of it is
 * drawn. Fixed, so that the same numbers make the same ids of products and customers on every day; only what was ordered
 * is moved from its end to another (`seedOrders`).
 */
export const OPENED_MS = Date.UTC(2015, 2, 2);
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const IN_BUSINESS_MS = 4_280 * DAY_MS;
/** The last day in which orders are drawn: 18 November 2026. */
export const LAST_DRAWN_DAY = dayOf(OPENED_MS + IN_BUSINESS_MS - DAY_MS);

/** The day before `nowMs`, in UTC, as YYYY-MM-DD: the last that is over. */
export function dayBefore(nowMs: number): string {
  return dayOf(nowMs - DAY_MS);
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
