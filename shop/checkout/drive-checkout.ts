import type { OrderFailure, OrderRecord } from "@banyan/contracts/events/orders.ts";
import type { Card } from "@banyan/contracts/http/charges.ts";
import { reservationIdOf } from "@banyan/contracts/http/reservations.ts";
import type { CheckoutEnd } from "../orders/order-store.ts";
import type { Partners, Reserved } from "./partners.ts";
import type { Timing } from "./timing.ts";

/** Far longer than a checkout takes, and than a side needs to come back: after it the stock is free again. */
const HELD_MS = 15 * 60_000;

/**
 * Takes a `pending` order to its end, outside of every transaction: reserve each line, charge, confirm, take it out of the
 * cart; or undo. Two owners of its slot may do so at once, for all goes by the order's ids: what one has undone the other
 * can't do any more. With the card it is the request itself; without, whoever resumes: the card is stored nowhere, so a
 * charge that did not come in is kept from coming.
 *
 * Throws when a partner gives no answer and what was begun could not be undone either: the order stays `pending`.
 */
export async function driveCheckout(
  order: OrderRecord,
  card: Card | undefined,
  partners: Partners,
  { now, timing }: { readonly now: () => number; readonly timing: Timing },
): Promise<CheckoutEnd> {
  const undo = (failure: OrderFailure, mayBeCharged: boolean) =>
    undoCheckout(order, partners, { failure, mayBeCharged });
  if (card === undefined) {
    const charge = await partners.cards.find(order.payment.id);
    if (charge?.status === "declined") return undo(declined(charge.reason), false);
    if (charge?.status !== "charged") return undo(PAYMENT_LOST, true);
  } else {
    const reserved = await timing.time("stock", () => reserveAll(order, partners, now()));
    if (reserved !== undefined) return undo(reserved, false);
    const charge = await timing
      .time("charge", () =>
        partners.cards.charge(order.payment.id, {
          amount: order.totalAmount,
          currency: order.currency,
          card,
        }),
      )
      .catch(() => undefined);
    if (charge === undefined) return undo(NO_ANSWER, true);
    if (charge.status === "declined") return undo(declined(charge.reason), false);
    if (charge.status === "refunded") return undo(PAYMENT_LOST, true);
  }
  return timing.time("confirm", () => complete(order, partners));
}

/**
 * Confirms every line. Here it is decided: a reservation goes from held to confirmed or to released, never from one to the
 * other, so whoever drives the order comes to the same end. All confirmed: it is placed. Any released: it is not.
 */
async function complete(order: OrderRecord, partners: Partners): Promise<CheckoutEnd> {
  const { inventory, carts } = partners;
  const confirmed = await Promise.all(
    order.lines.map(({ sku, line }) => inventory.confirm(sku, reservationIdOf(order.id, line))),
  );
  if (confirmed.includes("gone"))
    return undoCheckout(order, partners, { failure: EXPIRED, mayBeCharged: true });
  const lines = order.lines.map(({ sku, quantity }) => ({ sku, quantity }));
  await carts.ordered(order.customerId, order.id, lines);
  return { placed: true };
}

async function reserveAll(
  order: OrderRecord,
  { inventory }: Partners,
  nowMs: number,
): Promise<OrderFailure | undefined> {
  const expiresAt = new Date(nowMs + HELD_MS).toISOString();
  const asked = await Promise.all(
    order.lines.map(async ({ sku, line, quantity }): Promise<[string, Reserved]> => {
      return [sku, await inventory.reserve(sku, reservationIdOf(order.id, line), { quantity, expiresAt })];
    }),
  );
  if (asked.some(([, { kind }]) => kind === "undone")) return EXPIRED;
  const short = asked.flatMap(([sku, reserved]) => (reserved.kind === "short" ? [{ sku, ...reserved }] : []));
  if (short.length === 0) return undefined;
  return {
    code: "BYN-SHOP-015",
    detail: `not enough of ${short.map(({ sku }) => sku).join(", ")}`,
    mistakes: short.map(({ sku, left }) => ({ place: sku, message: `only ${left} left` })),
  };
}

/**
 * By ids, so that what comes late does nothing: tombstones at the inventory and at the card processor. The stock first: when
 * every line turns out to be confirmed, somebody else has brought the order to its end, and it is not undone any more.
 */
async function undoCheckout(
  order: OrderRecord,
  partners: Partners,
  { failure, mayBeCharged }: { readonly failure: OrderFailure; readonly mayBeCharged: boolean },
): Promise<CheckoutEnd> {
  const { cards, inventory } = partners;
  const lines = await Promise.all(
    order.lines.map(async ({ sku, line, quantity }) => {
      const id = reservationIdOf(order.id, line);
      return { sku, id, quantity, is: await inventory.release(sku, id) };
    }),
  );
  const confirmed = lines.filter(({ is }) => is === "confirmed");
  if (confirmed.length === lines.length) return complete(order, partners);
  if (mayBeCharged) await cards.refund(order.payment.id);
  await Promise.all(confirmed.map(({ sku, id, quantity }) => inventory.giveBack(sku, id, quantity)));
  return { placed: false, failure, payment: mayBeCharged ? "refunded" : "none" };
}

function declined(reason: string | undefined): OrderFailure {
  return {
    code: "BYN-SHOP-016",
    detail: `the card was declined: ${reason ?? "without a reason"}`,
    mistakes: [],
  };
}

const NO_ANSWER: OrderFailure = {
  code: "BYN-SHOP-017",
  detail:
    "the card processor gave no answer; nothing was ordered, and a charge that comes late is given back",
  mistakes: [],
};

const PAYMENT_LOST: OrderFailure = {
  code: "BYN-SHOP-017",
  detail: "the checkout was broken off before the payment was heard of; what came late is given back",
  mistakes: [],
};

const EXPIRED: OrderFailure = {
  code: "BYN-SHOP-028",
  detail: "what was reserved went back into stock before the order was paid; nothing is charged",
  mistakes: [],
};
