import { type Bought, Buyer, DEMO_CARD } from "../lesson/buyer.ts";
import type { Dice } from "./dice.ts";
import type { Journal, Order } from "./journal.ts";
import { pause } from "./pause.ts";

export interface ShopperOptions {
  readonly url: string;
  readonly session: string;
  readonly wares: readonly string[];
  readonly dice: Dice;
  readonly journal: Journal;
  readonly stopping: () => boolean;
  /** Gives up what is in hand. */
  readonly signal: AbortSignal;
}

const REQUEST_TIMEOUT_MS = 12_000;
/** Longer than any fault of the drill lasts, so that hardly anything stays unknown. */
const TRIES = 600;
const CANCEL_RATIO = 0.35;
/** Both sides of the boundary see refusals too: the bank says no, and it is a card that nobody hears of again. */
const DECLINED_CARD = { ...DEMO_CARD, number: "4000000000000002" };
const DECLINED_RATIO = 0.1;
const THINK_MS = 400;
const AGAIN_MS = 250;

/** Buys and sometimes cancels, until it is told to stop; each request is repeated until it is answered. */
export async function shop(options: ShopperOptions): Promise<void> {
  const { url, session, wares, dice, journal, stopping, signal } = options;
  const buyer = new Buyer({ url, session, requestTimeoutMs: REQUEST_TIMEOUT_MS, tries: TRIES, signal });
  while (!stopping()) {
    const filled = await buyer.fillCart(dice.pick(wares), dice.upTo(2)).then(
      () => true,
      () => false, // nothing was bought, so nothing can be lost
    );
    if (filled) {
      const bought = await buyer.checkOut(dice.chance(DECLINED_RATIO) ? DECLINED_CARD : DEMO_CARD);
      const order: Order = { ...ofInterest(bought), cancel: "none" };
      journal.orders.push(order);
      if (order.end === "placed" && dice.chance(CANCEL_RATIO)) {
        await pause(dice.upTo(THINK_MS));
        order.cancel = await cancel(buyer, order.orderId ?? "", signal);
      }
    }
    await pause(dice.upTo(THINK_MS));
  }
}

function ofInterest({ key, orderId, end, status, code, tries }: Bought) {
  return { key, orderId, end, status, code, tries };
}

/** The same request again is the same cancelling, so it is sent until it is answered. */
async function cancel(buyer: Buyer, orderId: string, signal: AbortSignal): Promise<Order["cancel"]> {
  for (let tries = 1; tries <= TRIES && !signal.aborted; tries++) {
    const answer = await buyer.send("POST", `/api/orders/${orderId}/cancel`, {}).catch(() => undefined);
    const said = (answer?.body ?? {}) as { status?: string; code?: string };
    if (answer?.status === 200 && said.status === "cancelled") return "cancelled";
    // A repeat that finds it cancelled is told so: nobody but us can have done it.
    if (said.code === "BYN-SHOP-018" && tries > 1) return "cancelled";
    if (answer !== undefined && answer.status >= 400 && answer.status < 500 && answer.status !== 429)
      return "refused";
    await pause(AGAIN_MS);
  }
  return "unknown";
}
