import type { LogSettings } from "@banyan/platform/handover/event-log/open-log.ts";
import { type Following, followPeer } from "@banyan/platform/handover/follow-peer.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { startExpiring } from "@banyan/shop/inventory/expiring.ts";
import { inventoryCapability } from "@banyan/shop/inventory/inventory-capability.ts";
import type { Repeating } from "@banyan/shop/repeating.ts";
import type { OpenInventory } from "../open-inventory.ts";
import { stockRows } from "../stock/stock-rows.ts";

export interface SyncSettings extends LogSettings {
  readonly DATABASE_URL: string;
  readonly PEER_DATABASE_URL: string;
}

/** All that the worker of this side does; `beside` gives expired reservations back. */
export interface Sync extends Following {
  readonly capability: string;
  readonly beside: Repeating;
}

/** An hour, for who wants to see what was sent. */
const RETAIN_MS = 3_600_000;

/** Relay, inbox and the expiry of reservations, over a database that `openInventory` has migrated. */
export async function startSync(
  settings: SyncSettings,
  { pool, store }: OpenInventory,
  log: Log,
): Promise<Sync> {
  const capability = inventoryCapability(stockRows);
  const following = await followPeer({
    capability,
    side: "extracted",
    own: pool,
    ownUrl: settings.DATABASE_URL,
    peerUrl: settings.PEER_DATABASE_URL,
    settings,
    retainMs: RETAIN_MS,
    name: "inventory worker",
    log,
  });
  const beside = startExpiring(store, log);
  return {
    ...following,
    capability: capability.name,
    beside,
    stop: async () => {
      await beside.stop();
      await following.stop();
    },
  };
}
