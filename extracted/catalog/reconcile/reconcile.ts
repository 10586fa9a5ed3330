import { type Lag, lagOf } from "@banyan/platform/log/lag.ts";
import { type ReconcileOptions, type Reconciliation, reconcile } from "@banyan/platform/log/reconcile.ts";
import type { Pool } from "pg";
import { CATALOG, catalogCopy } from "../sync/catalog-copy.ts";

/**
 * Compares the catalog's copy with the monolith at equal `seq`; what differs is quarantined and explained. `source` is
 * the monolith's database as the feed role. A database away is BYN-DATA-009.
 */
export function reconcileCatalog(
  options: Omit<ReconcileOptions<never>, "capability">,
): Promise<Reconciliation> {
  return reconcile({ ...options, capability: catalogCopy });
}

/** The catalog's lag by slot, from the slot rows of both databases. */
export function lagOfCatalog(options: { source: Pool; copy: Pool }): Promise<Lag> {
  return lagOf({ ...options, capability: CATALOG });
}
