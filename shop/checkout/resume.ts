import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import type { SagaGround } from "./checkout.ts";
import { driveCancel } from "./drive-cancel.ts";
import { driveCheckout } from "./drive-checkout.ts";
import { checkoutResponse } from "./respond.ts";
import { untimed } from "./timing.ts";

/** When an unfinished order is taken up: `own` for one that this side's own request may still be driving. */
export interface ResumeAfter {
  readonly ownMs: number;
  /** For one that the other side took, and that moved here with its slot. */
  readonly othersMs: number;
}

/** A request waits at most some five seconds for each partner. */
export const RESUME_AFTER: ResumeAfter = { ownMs: 30_000, othersMs: 3_000 };

const LIMIT = 100;

/**
 * Finishes what was left unfinished in the slots that this side owns: the process that drove it has died, the slot moved
 * in the middle, or a partner was away. Answers how many it finished; what fails again stays for the next time.
 */
export async function resumeSagas(
  ground: SagaGround,
  after: ResumeAfter,
  /** Was the order taken at this side? */
  takenHere: (order: OrderRecord) => boolean,
): Promise<number> {
  const { store, partners, log, now } = ground;
  let finished = 0;
  for (const order of await store.unfinished(LIMIT)) {
    const since = Date.parse(order.status === "cancelling" ? (order.cancelledAt ?? "") : order.placedAt);
    if (now() - since < (takenHere(order) ? after.ownMs : after.othersMs)) continue;
    try {
      if (order.status === "cancelling") {
        await driveCancel(order, partners);
        if ((await store.endCancel(order)).kind === "closed") finished++;
        continue;
      }
      const end = await driveCheckout(order, undefined, partners, { now, timing: untimed });
      if ((await store.close(order, end, checkoutResponse)).kind === "closed") finished++;
    } catch (error) {
      log.warn({ err: error, orderId: order.id }, "an unfinished order could not be finished yet");
    }
  }
  return finished;
}
