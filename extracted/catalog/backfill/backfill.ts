import { type BackfillOptions, type BackfillResult, backfill } from "@banyan/platform/log/backfill.ts";
import { resetCopy } from "@banyan/platform/log/reset.ts";
import type { Pool } from "pg";
import { catalogCopy } from "../sync/catalog-copy.ts";

/**
 * Fills the catalog's copy from the monolith: categories first, then every slot that does not follow yet. `source` is
 * the monolith's database as the feed role, `copy` the catalog's own. Resumable, harmless to repeat, safe while edits
 * go on. A database away is BYN-DATA-009.
 */
export function backfillCatalog(
  options: Omit<BackfillOptions<never>, "capability">,
): Promise<BackfillResult> {
  return backfill({ ...options, capability: catalogCopy });
}

/** Empties the catalog's copy: every slot back to `empty`. */
export function resetCatalogCopy(copy: Pool): Promise<void> {
  return resetCopy(catalogCopy, copy);
}
