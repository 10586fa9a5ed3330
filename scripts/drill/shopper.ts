import { randomUUID } from "node:crypto";
import { type Bought, Buyer, DEMO_CARD } from "../lesson/buyer.ts";
import type { Dice } from "./dice.ts";
import type { Journal, Order, ReadBack } from "./journal.ts";
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
/** Of several SKUs, so that an order's stock has more than one owner while slots move. */
const LINES = 3;
const PIECES = 2;
/** An impatient finger: the same request twice at once, under one key. */
const TWICE_RATIO = 0.2;
const READ_RATIO = 0.4;
const THINK_MS = 400;
const AGAIN_MS = 250;

/** Buys and sometimes cancels, until it is told to stop; each request is repeated until it is answered. */
export async function shop(options: ShopperOptions): Promise<void> {
  const { url, session, wares, dice, journal, stopping, signal } = options;
  const buyer = new Buyer({ url, session, requestTimeoutMs: REQUEST_TIMEOUT_MS, tries: TRIES, signal });
  while (!stopping()) {
    const skus = dice.shuffled(wares).slice(0, dice.upTo(LINES));
    if (await fill(buyer, skus, dice)) {
      const { bought, twin } = await checkOut(buyer, dice);
      const told = { ...ofInterest(bought), lines: skus.length, twin };
      const placed = told.end === "placed";
      const readBack = placed && dice.chance(READ_RATIO) ? await read(buyer, told.orderId) : undefined;
      const order: Order = { ...told, readBack, cancel: "none" };
      journal.orders.push(order);
      if (placed && dice.chance(CANCEL_RATIO)) {
        await pause(dice.upTo(THINK_MS));
        order.cancel = await cancel(buyer, order.orderId ?? "", signal);
      }
      // What is short would stay short in the next cart too.
      if (!placed) await empty(buyer, skus);
    }
    await pause(dice.upTo(THINK_MS));
  }
}

/** False when the cart can't be reached: nothing was bought, so nothing can be lost. */
async function fill(buyer: Buyer, skus: readonly string[], dice: Dice): Promise<boolean> {
  try {
    for (const sku of skus) await buyer.fillCart(sku, dice.upTo(PIECES));
    return true;
  } catch {
    return false;
  }
}

async function empty(buyer: Buyer, skus: readonly string[]): Promise<void> {
  for (const sku of skus) {
    // What can't be taken out is bought the next time.
    await buyer.send("DELETE", `/api/cart/lines/${encodeURIComponent(sku)}`).catch(() => undefined);
  }
}

/** One checkout; now and then the same one is under way twice. */
async function checkOut(
  buyer: Buyer,
  dice: Dice,
): Promise<{ readonly bought: Bought; readonly twin: Bought | undefined }> {
  const card = dice.chance(DECLINED_RATIO) ? DECLINED_CARD : DEMO_CARD;
  const key = randomUUID();
  const twice = dice.chance(TWICE_RATIO);
  const [bought, twin] = await Promise.all([
    buyer.checkOut(card, key),
    twice ? buyer.checkOut(card, key) : undefined,
  ]);
  return { bought, twin };
}

function ofInterest({ key, orderId, end, status, code, tries }: Bought) {
  return { key, orderId, end, status, code, tries };
}

/** Once: a fault may well be the answer, and is no verdict. */
async function read(buyer: Buyer, orderId: string | undefined): Promise<ReadBack> {
  const answer = await buyer.send("GET", `/api/orders/${orderId}`).catch(() => undefined);
  const { id } = (answer?.body ?? {}) as { id?: string };
  return { status: answer?.status ?? 0, id };
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
