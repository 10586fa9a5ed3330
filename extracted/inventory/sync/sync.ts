import type { Log } from "@banyan/platform/logging/log.ts";
import { startExpiring } from "@banyan/shop/inventory/expiring.ts";
import { inventoryCapability } from "@banyan/shop/inventory/inventory-capability.ts";
import { type SideWorker, type SideWorkerSettings, startSideWorker } from "@banyan/shop/side-worker.ts";
import type { OpenInventory } from "../open-inventory.ts";
import { stockRows } from "../stock/stock-rows.ts";

/** Relay, inbox and the expiry of reservations, over a database that `openInventory` has migrated. */
export function startSync(
  settings: SideWorkerSettings,
  { pool, store }: OpenInventory,
  log: Log,
): Promise<SideWorker> {
  const capability = inventoryCapability(stockRows);
  return startSideWorker({ capability, settings, pool, log }, () => startExpiring(store, log));
}
