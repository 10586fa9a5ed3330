import { randomBytes, randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evidenceId } from "@banyan/evidence/bundle/evidence-id.ts";
import { digestQuantileMs, type LatencyDigest } from "@banyan/evidence/bundle/latency-digest.ts";
import {
  type EffectRecord,
  PAINS_FORMAT,
  PAINS_VERSION,
  type PainsRecord,
} from "@banyan/evidence/pains/record.ts";
import type { PainKind } from "@banyan/evidence/pains/samples.ts";
import { type PainsSummary, shareOf, summaryOf } from "@banyan/evidence/pains/summary.ts";
import { type PainsSize, runPains, STANDARD } from "@banyan/loadtests/runner/pains.ts";
import { type StackContext, secretsOf } from "../commands/context.ts";
import { readCommit } from "../gate/commit.ts";
import { loadLock } from "../gate/load.ts";
import { readMachine } from "../gate/machine.ts";
import { k6Of } from "../gate/prove.ts";
import { listProcesses } from "../stack/process.ts";
import { DEMO_ADMIN, demoCustomers } from "./demo-customers.ts";
import { writePains } from "./pains-file.ts";
import { showExpected } from "./steps.ts";

/** Sessions that journeys and checkouts take by turns. */
const CUSTOMERS = 60;

/** What was thought before anything was measured. */
const EXPECTED: readonly {
  readonly what: string;
  readonly expected: string;
  readonly read: (summary: PainsSummary) => { measured: string; asExpected: boolean } | undefined;
}[] = [
  {
    what: "an invoice a second keeps everyone waiting: a PDF is drawn on the one thread",
    expected: "everyone's p99 at least × 2",
    read: (summary) => atLeast(effect(summary, "invoices")?.p99Ratio.estimate, 2),
  },
  {
    what: "a checkout waits for the mail server longer than for card, stock or commit",
    expected: "mail its largest part",
    read: ({ checkout }) => {
      const shares = checkout.parts.map(({ name }) => ({ name, share: shareOf(checkout, name) ?? 0 }));
      const mail = shares.find(({ name }) => name === "mail")?.share;
      if (mail === undefined) return undefined;
      const largest = shares.every(({ share }) => share <= mail);
      const all = shares.map(({ name, share }) => `${name} ${Math.round(share * 100)} %`);
      const rest = 1 - shares.reduce((sum, { share }) => sum + share, 0);
      return { measured: `${all.join(", ")}, its own work ${Math.round(rest * 100)} %`, asExpected: largest };
    },
  },
  {
    what: "a search reads every product, a product by its id one",
    expected: "p50 at least × 1.5",
    read: ({ looks }) => atLeast(quotient(looks.search, looks.product, 0.5), 1.5),
  },
  {
    what: "one report at a time takes a core of the database, and everyone feels it",
    expected: "everyone's p99 at least × 1.25",
    read: (summary) => atLeast(effect(summary, "reports")?.p99Ratio.estimate, 1.25),
  },
  {
    what: "but one of ten connections is not missed: the pool is not what is waited for",
    expected: "p50 of a connection and SELECT 1 at most × 2",
    read: (summary) => {
      const pool = effect(summary, "reports")?.pool;
      const ratio = pool === undefined ? undefined : quotient(pool.disturbed, pool.quiet, 0.5);
      return ratio === undefined ? undefined : { measured: times(ratio), asExpected: ratio <= 2 };
    },
  },
  {
    what: "the whole shop is good for a hundred requests a second",
    expected: "kept up with at least 100/s",
    read: ({ ramp: { keptUpPerSecond: kept, kneePerSecond: knee } }) => ({
      measured: kept === null ? "not the first step" : `${knee === null ? "at least " : ""}${kept}/s`,
      asExpected: kept !== null && kept >= 100,
    }),
  },
];

/** Measures what hurts the shop, shows it, and keeps it as a record that the report draws. */
export async function measurePains(context: StackContext, size: PainsSize = STANDARD): Promise<PainsRecord> {
  const { screen, addresses, places, signal, install } = context;
  screen.title("00 — Baseline: what hurts the shop as it is");
  screen.say("  Expected before measuring:");
  for (const { what, expected } of EXPECTED) screen.say(`  · ${what}: ${expected}`);
  const k6 = await k6Of(context);
  const shop = (await listProcesses(places.home)).find(({ name, running }) => running && name === "monolith");
  const startedAt = new Date();
  const folder = await mkdtemp(join(tmpdir(), "banyan-pains-"));
  let summary: PainsSummary;
  try {
    const samples = await runPains(
      {
        url: addresses.monolith,
        customers: demoCustomers(CUSTOMERS),
        admin: DEMO_ADMIN,
        size,
        seed: randomInt(2 ** 31),
        today: startedAt,
        shopPid: shop?.pid,
        allowedHosts: [],
        signal,
        onProgress: (what, ratio, now) => screen.progress(what, ratio, now),
      },
      { k6Path: k6.path, folder, takeLoadLock: loadLock(screen, "measuring what hurts the shop") },
    );
    summary = summaryOf(samples);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const record: PainsRecord = {
    format: PAINS_FORMAT,
    version: PAINS_VERSION,
    id: evidenceId(startedAt.getTime(), randomBytes(10)),
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    commit: await readCommit(places.root),
    machine: readMachine(k6.version),
    expected: EXPECTED.map(({ what, expected, read }) => {
      const found = read(summary);
      return { what, expected, measured: found?.measured ?? null, asExpected: found?.asExpected ?? null };
    }),
    everyonePerSecond: size.everyonePerSecond,
    blockMs: size.blockMs,
    ...summary,
  };
  await writePains(places.evidence, record, secretsOf(install));
  showPains(context, record);
  return record;
}

const NAMES: Record<PainKind, string> = {
  invoices: "one invoice a second",
  reports: "one report at a time",
  checkouts: "one checkout at a time",
};

function showPains(context: StackContext, record: PainsRecord): void {
  const { screen } = context;
  const { effects, checkout, looks, ramp, wrong } = record;
  screen.table(
    [
      "what is asked for",
      "itself p50",
      "everyone's p99 without",
      "with",
      "block by block",
      "pool p99 without",
      "with",
    ],
    effects.map(({ kind, own, quiet, disturbed, p99Ratio: ratio, pool }) => [
      NAMES[kind],
      ms(own, 0.5),
      ms(quiet, 0.99),
      ms(disturbed, 0.99),
      ratio.estimate === null
        ? "–"
        : `${times(ratio.estimate)} (${bound(ratio.lower)} – ${bound(ratio.upper)})`,
      ms(pool.quiet, 0.99),
      ms(pool.disturbed, 0.99),
    ]),
  );
  screen.table(
    ["checkout", "p50", "p95"],
    [{ name: "whole", latency: checkout.whole }, ...checkout.parts].map(({ name, latency }) => [
      name,
      ms(latency, 0.5),
      ms(latency, 0.95),
    ]),
  );
  screen.table(
    ["look", "p50", "p95"],
    [
      ["search", ms(looks.search, 0.5), ms(looks.search, 0.95)],
      ["product by id", ms(looks.product, 0.5), ms(looks.product, 0.95)],
    ],
  );
  const kept = ramp.keptUpPerSecond === null ? "nothing" : `${ramp.keptUpPerSecond} requests/s`;
  const knee = ramp.kneePerSecond === null ? "" : `; at ${ramp.kneePerSecond}/s`;
  const limit = ramp.limit === null ? "" : ` (limit: ${ramp.limit})`;
  screen.say(`  capacity of the whole: kept up with ${kept}${knee} ${ramp.because}${limit}`);
  for (const [what, n] of Object.entries(wrong)) screen.bad(`${n} wrong answers: ${what}`);
  showExpected(context, record);
}

function effect({ effects }: PainsSummary, kind: PainKind): EffectRecord | undefined {
  return effects.find((each) => each.kind === kind);
}

function quotient(of: LatencyDigest, by: LatencyDigest, q: number): number | undefined {
  const [a, b] = [digestQuantileMs(of, q), digestQuantileMs(by, q)];
  return a === null || b === null || b === 0 ? undefined : a / b;
}

function atLeast(ratio: number | null | undefined, least: number) {
  return ratio === null || ratio === undefined
    ? undefined
    : { measured: times(ratio), asExpected: ratio >= least };
}

function times(ratio: number): string {
  return `× ${ratio.toFixed(2)}`;
}

function bound(value: number | null): string {
  return value === null ? "?" : value.toFixed(2);
}

function ms(digest: LatencyDigest, q: number): string {
  const value = digestQuantileMs(digest, q);
  return value === null ? "–" : `${value.toFixed(1)} ms`;
}
