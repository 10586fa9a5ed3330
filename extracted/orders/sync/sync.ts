import { randomUUID } from "node:crypto";
import type { EventLog } from "@banyan/platform/handover/event-log/event-log.ts";
import { type LogSettings, openEventLog } from "@banyan/platform/handover/event-log/open-log.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import { startWorker } from "@banyan/platform/handover/worker.ts";
import { WorkerCounts } from "@banyan/platform/handover/worker-counts.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import type { ResumeAfter } from "@banyan/shop/checkout/resume.ts";
import { ordersCapability } from "@banyan/shop/orders/orders-capability.ts";
import type { OpenOrders } from "../open-orders.ts";
import { orderRows } from "../orders/order-rows.ts";
import { type Resuming, startResuming } from "../resume/resuming.ts";

export interface SyncSettings extends LogSettings {
  readonly DATABASE_URL: string;
  readonly PEER_DATABASE_URL: string;
}

/** All that the worker of this side does. */
export interface Sync {
  readonly counts: WorkerCounts;
  readonly events: EventLog;
  readonly resuming: Resuming;
  stop(): Promise<void>;
}

/** An hour, for who wants to see what was sent. */
const RETAIN_MS = 3_600_000;
/** Events of one pull, and so of one transaction. */
const BATCH = 100;
const PEER_CONNECTIONS = 4;

/** Relay, inbox and the resuming of sagas, over databases that `openOrders` has migrated. */
export async function startSync(
  settings: SyncSettings,
  { pool, ground }: OpenOrders,
  log: Log,
  resumeAfter?: ResumeAfter,
): Promise<Sync> {
  const { DATABASE_URL: ownUrl, PEER_DATABASE_URL: peerUrl } = settings;
  const capability = ordersCapability(orderRows);
  const peer = createPool(peerUrl, { max: PEER_CONNECTIONS, name: "orders worker" }, log);
  const places = { own: pool, peer, peerUrl, side: "extracted", capability: capability.name } as const;
  const events = await openEventLog(settings, { ...places, log, random: Math.random });
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
  const resuming = startResuming(ground, log, resumeAfter);
  return {
    counts,
    events,
    resuming,
    stop: async () => {
      await Promise.all([resuming.stop(), stopWorker()]);
      await events.close();
      await peer.end();
    },
  };
}
