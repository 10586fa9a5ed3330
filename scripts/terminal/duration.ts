const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `10s`, `1.5h`, `500ms`; a bare number is seconds. Undefined for anything else. */
export function readDurationMs(text: string): number | undefined {
  const [, number, unit = "s"] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)?$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  return Number(number) * UNITS_MS[unit as keyof typeof UNITS_MS];
}
