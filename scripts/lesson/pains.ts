import { randomBytes, randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evidenceId } from "@banyan/evidence/bundle/evidence-id.ts";
import { digestQuantileMs, type LatencyDigest } from "@banyan/evidence/bundle/latency-digest.ts";
import { LIMIT_WORDS } from "@banyan/evidence/pains/knee.ts";
import { PAINS_FORMAT, PAINS_VERSION, type PainsRecord } from "@banyan/evidence/pains/record.ts";
import type { PainKind } from "@banyan/evidence/pains/samples.ts";
import { type PainsSummary, summaryOf } from "@banyan/evidence/pains/summary.ts";
import { type PainsSize, runPains, STANDARD } from "@banyan/loadtests/runner/pains.ts";
import { type StackContext, secretsOf } from "../commands/context.ts";
import { readCommit } from "../gate/commit.ts";
import { loadLock } from "../gate/load.ts";
import { readMachine } from "../gate/machine.ts";
import { k6Of } from "../gate/prove.ts";
import { listProcesses } from "../stack/process.ts";
import { DEMO_ADMIN, demoCustomers } from "./demo-customers.ts";
import { comparedWithPains, PAINS_EXPECTED, ratioOf } from "./pains-expected.ts";
import { writePains } from "./pains-file.ts";
import { showExpected } from "./steps.ts";

/** Sessions that journeys and checkouts take by turns. */
const CUSTOMERS = 60;

/** Measures what hurts the shop, shows it, and keeps it as a record that the report draws. */
export async function measurePains(context: StackContext, size: PainsSize = STANDARD): Promise<PainsRecord> {
  const { screen, addresses, places, signal, install } = context;
  screen.title("00 — Baseline: what hurts the shop as it is");
  screen.say("  Expected before measuring:");
  for (const { what, expected } of PAINS_EXPECTED) screen.say(`  · ${what}: ${expected}`);
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
    expected: comparedWithPains(summary),
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
    ["without → with", "itself p50", "everyone's p99", "block by block", "pool p50", "pool p99"],
    effects.map(({ kind, own, quiet, disturbed, p99Ratio, pool }) => [
      NAMES[kind],
      ms(own, 0.5),
      `${ms(quiet, 0.99)} → ${ms(disturbed, 0.99)}`,
      ratioOf(p99Ratio) ?? "–",
      ...[0.5, 0.99].map((q) => `${ms(pool.quiet, q)} → ${ms(pool.disturbed, q)}`),
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
  for (const line of capacityWords(ramp)) screen.say(`  ${line}`);
  for (const [what, n] of Object.entries(wrong)) screen.bad(`${n} wrong answers: ${what}`);
  showExpected(context, record);
}

/** The capacity, and as a line of its own what limited it: a figure of the machine or its neighbours is none of the shop. */
export function capacityWords({
  keptUpPerSecond,
  kneePerSecond,
  because,
  limit,
}: PainsRecord["ramp"]): readonly string[] {
  const kept = `kept up with ${keptUpPerSecond === null ? "not even the first step" : `${keptUpPerSecond} requests/s`}`;
  if (kneePerSecond === null)
    return [`capacity of the whole: ${kept}; ${because}, so the shop's capacity is not known`];
  const said = `capacity of the whole: ${kept}; at ${kneePerSecond}/s ${because}`;
  return limit === null ? [said] : [said, LIMIT_WORDS[limit]];
}

function ms(digest: LatencyDigest, q: number): string {
  const value = digestQuantileMs(digest, q);
  return value === null ? "–" : `${value.toFixed(1)} ms`;
}
