/** What was seen, by what it is. */
export type Seen = Readonly<Record<string, number>>;

/** Less proves nothing: a drill goes on until it has seen so much of each. */
export const LEAST = {
  "placed orders": 40,
  "of them of several lines": 20,
  "refusals for want of stock": 5,
  "checkouts sent twice at once": 5,
  "orders read at once": 10,
  "slots that came to another owner": 200,
  "requests that met a 421": 1,
  "answers cut on the wire": 1,
} as const satisfies Seen;

/** What was not seen often enough, in words. Pure. */
export function lacking(seen: Seen, least: Seen = LEAST): string[] {
  return Object.entries(least)
    .filter(([what, times]) => (seen[what] ?? 0) < times)
    .map(([what, times]) => `${what}: ${seen[what] ?? 0}, and ${times} are asked for`);
}
