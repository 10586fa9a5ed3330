import { backfillCatalog, resetCatalogCopy } from "@banyan/catalog/backfill/backfill.ts";
import { lagOfCatalog, reconcileCatalog } from "@banyan/catalog/reconcile/reconcile.ts";
import { catalogCorpus } from "@banyan/loadtests/corpus/catalog.ts";
import type { DuetOptions } from "@banyan/loadtests/runner/options.ts";
import type { BackfillResult } from "@banyan/platform/log/backfill.ts";
import type { Lag } from "@banyan/platform/log/lag.ts";
import type { Reconciliation } from "@banyan/platform/log/reconcile.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import type { Pool } from "pg";
import type { Addresses } from "../stack/addresses.ts";
import { silentLog } from "../stack/silent-log.ts";

// What the command line knows of the demo's catalog: how to draw its requests, fill its copy and compare it.

export function demoCatalogCorpus(
  seed: number,
): Extract<DuetOptions["corpus"], (...args: never[]) => unknown> {
  return (ask) => catalogCorpus(ask, { seed });
}

async function withBoth<T>(
  addresses: Addresses,
  work: (pools: { source: Pool; copy: Pool }) => Promise<T>,
): Promise<T> {
  const source = createPool(addresses.databases.feed, { max: 2, name: "banyan" }, silentLog);
  const copy = createPool(addresses.databases.catalog, { max: 2, name: "banyan" }, silentLog);
  try {
    return await work({ source, copy });
  } finally {
    await Promise.all([source.end(), copy.end()]);
  }
}

/** Fills the copy, slot by slot; resumable, and harmless to repeat. */
export function fillCatalog(
  addresses: Addresses,
  options: Omit<Parameters<typeof backfillCatalog>[0], "source" | "copy">,
): Promise<BackfillResult> {
  return withBoth(addresses, (pools) => backfillCatalog({ ...options, ...pools }));
}

export function compareCatalog(addresses: Addresses, signal: AbortSignal): Promise<Reconciliation> {
  return withBoth(addresses, (pools) => reconcileCatalog({ ...pools, signal }));
}

export function catalogLag(addresses: Addresses): Promise<Lag> {
  return withBoth(addresses, lagOfCatalog);
}

/** Empties the copy, so that a demo shows its back-fill from the start. */
export function emptyCatalogCopy(addresses: Addresses): Promise<void> {
  return withBoth(addresses, ({ copy }) => resetCatalogCopy(copy));
}
