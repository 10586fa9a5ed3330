import type { Lag } from "@banyan/platform/log/lag.ts";

/** Slots that have nothing yet while customers are sent to the copy: they would see an empty shop. Pure. */
export function unfilledUnderTraffic(
  percentage: number | undefined,
  lag: Pick<Lag, "states"> | undefined,
): number {
  if (percentage === undefined || percentage === 0 || lag === undefined) return 0;
  return lag.states.empty + lag.states.filling;
}

export function unfilledWords(capability: string, percentage: number, unfilled: number): string {
  return `${capability} stands at ${percentage} %, but ${unfilled} slots of its copy are not filled. Fill it: npm run banyan -- sync ${capability}, or go back: npm run banyan -- rollback ${capability}`;
}
