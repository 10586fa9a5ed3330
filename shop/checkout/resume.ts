import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import type { SagaGround } from "./checkout.ts";
import { driveCancel } from "./drive-cancel.ts";
import { driveCheckout } from "./drive-checkout.ts";
import { PutOff } from "./put-off.ts";
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
/** One that waits for a silent partner must not hold up all the others. */
const AT_ONCE = 4;

/**
 * Finishes what was left unfinished in the slots that this side owns: the process that drove it has died, the slot moved
 * in the middle, or a partner was away. Answers how many it finished; what fails again is put off, so that a hundred which
 * can't be finished keep no younger one waiting.
 */
export async function resumeSagas(
  ground: SagaGround,
  after: ResumeAfter,
  /** Was the order taken at this side? */
  takenHere: (order: OrderRecord) => boolean,
  putOff: PutOff = new PutOff(),
): Promise<number> {
  const { store, log, now } = ground;
  let finished = 0;
  // One iterator for all: each takes the next order when it has done with its last.
  const orders = (await store.unfinished(LIMIT, putOff.until(now()))).values();
  const work = async () => {
    for (const order of orders) {
      const since = Date.parse(order.status === "cancelling" ? (order.cancelledAt ?? "") : order.placedAt);
      if (now() - since < (takenHere(order) ? after.ownMs : after.othersMs)) continue;
      try {
        if (await finish(ground, order)) finished++;
        putOff.forget(order.id);
      } catch (error) {
        putOff.again(order.id, now());
        log.warn({ err: error, orderId: order.id }, "an unfinished order could not be finished yet");
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return finished;
}

/** False when the slot has moved on meanwhile: its new owner finishes it. */
async function finish({ store, partners, now }: SagaGround, order: OrderRecord): Promise<boolean> {
  if (order.status === "cancelling") {
    await driveCancel(order, partners);
    return (await store.endCancel(order)).kind === "closed";
  }
  const end = await driveCheckout(order, undefined, partners, { now, timing: untimed });
  return (await store.close(order, end, checkoutResponse)).kind === "closed";
}
