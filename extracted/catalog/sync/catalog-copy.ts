import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { CatalogEvent } from "@banyan/contracts/events/catalog.ts";
import { slotOf } from "@banyan/contracts/slot.ts";
import { referenceIn, rowsIn } from "@banyan/platform/log/canonical.ts";
import type { CopiedCapability } from "@banyan/platform/log/capability.ts";
import { replaceCategories } from "./categories.ts";
import { removeProducts, replaceSlot, saveProducts } from "./products.ts";

export const CATALOG = "catalog";
/** The web process listens here for the ids that were applied (platform/log/README.md). */
export const APPLIED_CHANNEL = "catalog_applied";

type Change = CatalogEvent["changes"][number];

/** How the log keeps the catalog's copy. Both sides' rows are read from the same canonical projection. */
export const catalogCopy: CopiedCapability<Change> = {
  name: CATALOG,
  channel: APPLIED_CHANNEL,
  source: rowsIn("feed.product"),
  copy: rowsIn("feed.product"),
  reference: {
    source: referenceIn("feed.category"),
    copy: referenceIn("feed.category"),
    replace: (client, rows) => replaceCategories(client, rows),
  },
  parse: changesOf,
  apply: async (client, slot, changes) => {
    for (const change of changes) {
      if (change.type === "product-saved") await saveProducts(client, slot, [change.product]);
      else await removeProducts(client, slot, [change.id]);
    }
    return changes.map(idOf);
  },
  replace: (client, slot, rows) =>
    replaceSlot(
      client,
      slot,
      rows.map((row) => row.record),
    ),
  clear: async (client) => {
    await client.query("DELETE FROM product");
    await client.query("DELETE FROM category");
  },
};

/** The changes of one outbox row; throws BYN-DATA-002 for what is no `CatalogEvent`, or is of another slot. */
export function changesOf(slot: number, seq: number, payload: unknown): readonly Change[] {
  const body = typeof payload === "object" && payload !== null ? payload : {};
  const parsed = CatalogEvent.safeParse({ ...body, capability: CATALOG, slot, seq });
  if (!parsed.success) {
    const words = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
    throw new BanyanError("BYN-DATA-002", words);
  }
  for (const change of parsed.data.changes) {
    const own = slotOf("catalog-data", idOf(change));
    if (own !== slot)
      throw new BanyanError("BYN-DATA-002", `${idOf(change)} is of slot ${own}, not of ${slot}`);
  }
  return parsed.data.changes;
}

function idOf(change: Change): string {
  return change.type === "product-saved" ? change.product.id : change.id;
}
