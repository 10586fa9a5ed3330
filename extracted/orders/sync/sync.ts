import type { LogSettings } from "@banyan/platform/handover/event-log/open-log.ts";
import { type Following, followPeer } from "@banyan/platform/handover/follow-peer.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import type { ResumeAfter } from "@banyan/shop/checkout/resume.ts";
import { startResuming } from "@banyan/shop/checkout/resuming.ts";
import { ordersCapability } from "@banyan/shop/orders/orders-capability.ts";
import type { Repeating } from "@banyan/shop/repeating.ts";
import type { OpenOrders } from "../open-orders.ts";
import { orderRows } from "../orders/order-rows.ts";
import { takenHere } from "../orders/taken-here.ts";

export interface SyncSettings extends LogSettings {
  readonly DATABASE_URL: string;
  readonly PEER_DATABASE_URL: string;
}

/** All that the worker of this side does; `beside` resumes unfinished sagas. */
export interface Sync extends Following {
  readonly capability: string;
  readonly beside: Repeating;
}

/** An hour, for who wants to see what was sent. */
const RETAIN_MS = 3_600_000;

/** Relay, inbox and the resuming of sagas, over databases that `openOrders` has migrated. */
export async function startSync(
  settings: SyncSettings,
  { pool, ground }: OpenOrders,
  log: Log,
  resumeAfter?: ResumeAfter,
): Promise<Sync> {
  const capability = ordersCapability(orderRows);
  const following = await followPeer({
    capability,
    side: "extracted",
    own: pool,
    ownUrl: settings.DATABASE_URL,
    peerUrl: settings.PEER_DATABASE_URL,
    settings,
    retainMs: RETAIN_MS,
    name: "orders worker",
    log,
  });
  const beside = startResuming(ground, takenHere, resumeAfter);
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
