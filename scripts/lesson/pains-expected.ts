import type { Expectation } from "@banyan/evidence/bundle/bundle.ts";
import { digestQuantileMs, type LatencyDigest } from "@banyan/evidence/bundle/latency-digest.ts";
import type { EffectRecord } from "@banyan/evidence/pains/record.ts";
import type { PainKind } from "@banyan/evidence/pains/samples.ts";
import { type PainsSummary, shareOf } from "@banyan/evidence/pains/summary.ts";

type Found = { readonly measured: string; readonly asExpected: boolean | null };

/** What was thought before anything was measured. */
export const PAINS_EXPECTED: readonly {
  readonly what: string;
  readonly expected: string;
  /** Undefined where there is no such figure. */
  readonly read: (summary: PainsSummary) => Found | undefined;
}[] = [
  {
    what: "an invoice a second keeps everyone waiting: a PDF is drawn on the one thread",
    expected: "everyone's p99 at least × 2",
    read: (summary) => effectAtLeast(summary, "invoices", 2),
  },
  {
    what: "a checkout waits for the mail server longer than for card, stock or commit",
    expected: "of what it waits for, mail the longest (p50)",
    read: ({ checkout }) => {
      const shares = checkout.parts.map(({ name }) => ({ name, share: shareOf(checkout, name) ?? 0 }));
      const mail = shares.find(({ name }) => name === "mail")?.share;
      if (mail === undefined) return undefined;
      const waits = shares.map(({ name, share }) => `${name} ${percent(share)}`).join(", ");
      const rest = 1 - shares.reduce((sum, { share }) => sum + share, 0);
      return {
        measured: `it waits for ${waits} of the whole; ${percent(rest)} is its own work`,
        asExpected: shares.every(({ share }) => share <= mail),
      };
    },
  },
  {
    what: "a search reads every product, a product by its id one",
    expected: "p50 at least × 1.5",
    read: ({ looks }) => {
      const ratio = quotient(looks.search, looks.product, 0.5);
      return ratio === undefined ? undefined : { measured: times(ratio), asExpected: ratio >= 1.5 };
    },
  },
  {
    what: "one report at a time takes a core of the database, and everyone feels it",
    expected: "everyone's p99 at least × 1.25",
    read: (summary) => effectAtLeast(summary, "reports", 1.25),
  },
  {
    // Of the tail this says nothing: the table shows the pool's p99 beside.
    what: "but one of ten connections is not missed: the typical request does not wait for the pool",
    expected: "p50 of a connection and SELECT 1 at most × 2",
    read: (summary) => {
      const pool = effect(summary, "reports")?.pool;
      const ratio = pool === undefined ? undefined : quotient(pool.disturbed, pool.quiet, 0.5);
      if (pool === undefined || ratio === undefined) return undefined;
      const p50 = (of: LatencyDigest) => `${(digestQuantileMs(of, 0.5) ?? 0).toFixed(1)} ms`;
      return {
        measured: `p50 ${p50(pool.quiet)} → ${p50(pool.disturbed)}, ${times(ratio)}`,
        asExpected: ratio <= 2,
      };
    },
  },
  {
    what: "the whole shop is good for a hundred requests a second",
    expected: "kept up with at least 100/s",
    read: ({ ramp }) => {
      const { keptUpPerSecond: kept, kneePerSecond: knee } = ramp;
      return {
        measured: kept === null ? "not the first step" : `${knee === null ? "at least " : ""}${kept}/s`,
        asExpected: (kept !== null && kept >= 100) || (endedBySomebodyElse(ramp) ? null : false),
      };
    },
  },
];

export function comparedWithPains(summary: PainsSummary): Expectation[] {
  return PAINS_EXPECTED.map(({ what, expected, read }) => {
    const { measured = null, asExpected = null } = read(summary) ?? {};
    return { what, expected, measured, asExpected };
  });
}

/** `× 2.31 (1.90 – 2.80)`, each bound one-sided; undefined where there is no estimate. */
export function ratioOf({ estimate, lower, upper }: EffectRecord["p99Ratio"]): string | undefined {
  const bound = (value: number | null) => (value === null ? "?" : value.toFixed(2));
  return estimate === null ? undefined : `${times(estimate)} (${bound(lower)} – ${bound(upper)})`;
}

/** Judged by the estimate; too few blocks for bounds settle nothing. */
function effectAtLeast(summary: PainsSummary, kind: PainKind, least: number): Found | undefined {
  const ratio = effect(summary, kind)?.p99Ratio;
  const measured = ratio === undefined ? undefined : ratioOf(ratio);
  if (ratio === undefined || measured === undefined) return undefined;
  const { estimate, lower, upper } = ratio;
  return { measured, asExpected: lower === null || upper === null ? null : (estimate ?? 0) >= least };
}

/** True when the ramp came to its end, or to that of the machine's other work or of the generator, before the shop's. */
function endedBySomebodyElse({ kneePerSecond, limit }: PainsSummary["ramp"]): boolean {
  return kneePerSecond === null || limit === "neighbours" || limit === "generator";
}

function effect({ effects }: PainsSummary, kind: PainKind): EffectRecord | undefined {
  return effects.find((each) => each.kind === kind);
}

function quotient(of: LatencyDigest, by: LatencyDigest, q: number): number | undefined {
  const [a, b] = [digestQuantileMs(of, q), digestQuantileMs(by, q)];
  return a === null || b === null || b === 0 ? undefined : a / b;
}

function times(ratio: number): string {
  return `× ${ratio.toFixed(2)}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
