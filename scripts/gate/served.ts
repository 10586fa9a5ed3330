import type { StackContext } from "../commands/context.ts";

export interface Served {
  readonly monolith: number;
  readonly extracted: number;
}

const LINE = /^banyan_requests_total\{([^}]*)\} ([0-9.e+]+)$/gm;

/** What the proxy has counted so far for a capability, by side; undefined when it does not answer. */
export async function readServed(
  { addresses, install }: StackContext,
  capability: string,
): Promise<Served | undefined> {
  try {
    const response = await fetch(`${addresses.admin}/metrics`, {
      headers: { authorization: `Bearer ${install.adminToken}` },
      signal: AbortSignal.timeout(3_000),
    });
    return response.ok ? servedIn(await response.text(), capability) : undefined;
  } catch {
    return undefined;
  }
}

/** Sums the proxy's counter over status classes (Prometheus text format 0.0.4). */
export function servedIn(text: string, capability: string): Served {
  const served = { monolith: 0, extracted: 0 };
  for (const [, labels = "", value] of text.matchAll(LINE)) {
    if (!labels.includes(`capability="${capability}"`)) continue;
    if (labels.includes('side="monolith"')) served.monolith += Number(value);
    if (labels.includes('side="extracted"')) served.extracted += Number(value);
  }
  return served;
}

/** How many came in between; a proxy that was restarted counts from zero again, and then nothing is known. */
export function servedBetween(before: Served | undefined, after: Served | undefined): Served | undefined {
  if (before === undefined || after === undefined) return undefined;
  const monolith = after.monolith - before.monolith;
  const extracted = after.extracted - before.extracted;
  return monolith < 0 || extracted < 0 ? undefined : { monolith, extracted };
}
