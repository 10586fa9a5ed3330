import { randomUUID } from "node:crypto";
import type { EventLog } from "@banyan/platform/handover/event-log/event-log.ts";
import { type LogSettings, openEventLog } from "@banyan/platform/handover/event-log/open-log.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import { startWorker } from "@banyan/platform/handover/worker.ts";
import { WorkerCounts } from "@banyan/platform/handover/worker-counts.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { type Expiring, startExpiring } from "@banyan/shop/inventory/expiring.ts";
import { inventoryCapability } from "@banyan/shop/inventory/inventory-capability.ts";
import type { OpenInventory } from "../open-inventory.ts";
import { stockRows } from "../stock/stock-rows.ts";

export interface SyncSettings extends LogSettings {
  readonly DATABASE_URL: string;
  readonly PEER_DATABASE_URL: string;
}

/** All that the worker of this side does. */
export interface Sync {
  readonly counts: WorkerCounts;
  readonly events: EventLog;
  readonly expiring: Expiring;
  stop(): Promise<void>;
}

/** An hour, for who wants to see what was sent. */
const RETAIN_MS = 3_600_000;
/** Events of one pull, and so of one transaction. */
const BATCH = 100;
const PEER_CONNECTIONS = 4;

/** Relay, inbox and the expiry of reservations, over a database that `openInventory` has migrated. */
export async function startSync(
  settings: SyncSettings,
  { pool, store }: OpenInventory,
  log: Log,
): Promise<Sync> {
  const { DATABASE_URL: ownUrl, PEER_DATABASE_URL: peerUrl } = settings;
  const capability = inventoryCapability(stockRows);
  const peer = createPool(peerUrl, { max: PEER_CONNECTIONS, name: "inventory worker" }, log);
  const place = { own: pool, peer, peerUrl, side: "extracted", capability: capability.name } as const;
  const events = await openEventLog(settings, { ...place, log, random: Math.random });
  const counts = new WorkerCounts();
  const stopWorker = await startWorker({
    inbox: { capability, own: pool, peer: peerOutbox(peer), batch: BATCH },
    ownUrl,
    log: events,
    retainMs: RETAIN_MS,
    holder: randomUUID(),
    logger: log,
    random: Math.random,
    now: Date.now,
    counts,
  });
  const expiring = startExpiring(store, log);
  return {
    counts,
    events,
    expiring,
    stop: async () => {
      await Promise.all([expiring.stop(), stopWorker()]);
      await events.close();
      await peer.end();
    },
  };
}
