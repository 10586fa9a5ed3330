import type { Log } from "@banyan/platform/logging/log.ts";
import type { ResumeAfter } from "@banyan/shop/checkout/resume.ts";
import { startResuming } from "@banyan/shop/checkout/resuming.ts";
import { ordersCapability } from "@banyan/shop/orders/orders-capability.ts";
import { type SideWorker, type SideWorkerSettings, startSideWorker } from "@banyan/shop/side-worker.ts";
import type { OpenOrders } from "../open-orders.ts";
import { orderRows } from "../orders/order-rows.ts";
import { takenHere } from "../orders/taken-here.ts";

/** Relay, inbox and the resuming of sagas, over databases that `openOrders` has migrated. */
export function startSync(
  settings: SideWorkerSettings,
  { pool, ground }: OpenOrders,
  log: Log,
  resumeAfter?: ResumeAfter,
): Promise<SideWorker> {
  const capability = ordersCapability(orderRows);
  return startSideWorker({ capability, settings, pool, log }, () =>
    startResuming(ground, takenHere, resumeAfter),
  );
}
