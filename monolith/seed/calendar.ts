/** The day on which the shop opened, and how long it has been in business in its demo data. */
export const OPENED_MS = Date.UTC(2015, 2, 2);
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** Until November 2026: fixed, so that the same numbers make the same data on every day. */
export const IN_BUSINESS_MS = 4_280 * DAY_MS;
