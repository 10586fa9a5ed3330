import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Money } from "@banyan/contracts/http/catalog.ts";
import type { CheckoutRequest, Order } from "@banyan/contracts/http/orders.ts";
import { ServerTiming } from "@banyan/platform/http/server-timing.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import { cartIsEmpty, orderable } from "@banyan/shop/checkout/orderable.ts";
import type { CardProcessor } from "@banyan/shop/checkout/partners.ts";
import type { Pool, PoolClient } from "pg";
import { readCart } from "../carts/cart.ts";
import { emptyCart, findCart, lockCart } from "../carts/cart-store.ts";
import { customerById } from "../customers/store.ts";
import { takeStock } from "../inventory/stock.ts";
import type { Mailer } from "../notifications/mailer.ts";
import { notify } from "../notifications/notify.ts";
import { orderPlacedMail } from "../notifications/order-mails.ts";
import { closeAttempt, openAttempt } from "../payments/charge-attempts.ts";
import { recordPayment } from "../payments/payments.ts";
import { undoCharge } from "../payments/undo-charge.ts";
import { orderOf } from "./orders.ts";
import { insertOrder } from "./place.ts";

export interface OrderDeps {
  readonly pool: Pool;
  readonly cards: CardProcessor;
  readonly mailer: Mailer;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
}

/**
 * Orders the customer's cart in one transaction, as the shop has done since 2015: the card processor and the mail server
 * are waited for with the cart, the stock and a connection in hand. Nothing is charged that is not ordered.
 * Errors: BYN-SHOP-005 (the account is gone), 012…017. `timing` gets the parts stock, charge, mail and commit.
 */
export async function checkout(
  deps: OrderDeps,
  customerId: string,
  request: CheckoutRequest,
  timing = new ServerTiming(),
): Promise<Order> {
  const { pool, cards, log, now, newId } = deps;
  const ids = { order: newId(), payment: newId() };
  // From here on money may have moved, until the processor has said that it did not.
  let mayBeCharged = false;
  const charge = async (total: Money) => {
    mayBeCharged = true;
    const { status, reason } = await timing.time("charge", () =>
      cards.charge(ids.payment, { ...total, card: request.card }),
    );
    if (status === "charged") return;
    mayBeCharged = false;
    throw new BanyanError("BYN-SHOP-016", `the card was declined: ${reason ?? status}`);
  };
  await openAttempt(pool, ids.payment, new Date(now()));
  let commitFromMs = 0;
  try {
    const order = await inTransaction(pool, async (client) => {
      const placed = await checkoutInside(client, deps, { ids, customerId, request, charge, timing });
      commitFromMs = performance.now();
      return placed;
    });
    timing.add("commit", performance.now() - commitFromMs);
    return order;
  } catch (error) {
    if (mayBeCharged) {
      const order = await stands(pool, customerId, ids.order).catch((cause: unknown) => {
        // Unknown is not "no": money is given back for no order that may stand. The attempt knows: it went with the
        // commit if there was one, and else settling gives the charge back.
        const about = { err: cause, paymentId: ids.payment, orderId: ids.order, code: "BYN-SHOP-023" };
        log.error(about, "whether an order stands could not be read; its charge is settled once it can");
        throw error;
      });
      if (order !== undefined) return order;
      // What could not be given back now stays an attempt, and is tried again (payments/settling.ts).
      if (!(await undoCharge(cards, { paymentId: ids.payment, failure: error, log }))) throw error;
    }
    await closeAttempt(pool, ids.payment).catch((cause: unknown) => {
      log.warn({ err: cause, paymentId: ids.payment }, "a settled charge will be looked at once more");
    });
    throw error;
  }
}

async function checkoutInside(
  client: PoolClient,
  { mailer, log, now }: OrderDeps,
  attempt: {
    readonly ids: { readonly order: string; readonly payment: string };
    readonly customerId: string;
    readonly request: CheckoutRequest;
    readonly charge: (total: Money) => Promise<void>;
    readonly timing: ServerTiming;
  },
): Promise<Order> {
  const { ids, customerId, request, charge, timing } = attempt;
  const at = new Date(now());
  const customer = await customerById(client, customerId);
  if (customer === undefined) throw new BanyanError("BYN-SHOP-005", "the account is gone");
  const cartId = await findCart(client, { customerId });
  if (cartId === undefined || !(await lockCart(client, cartId))) throw cartIsEmpty();
  const cart = await readCart(client, cartId);
  const lines = orderable(cart, request.expect);
  await timing.time("stock", () => takeStock(client, lines, at));
  const cardLast4 = request.card.number.slice(-4);
  const order = await insertOrder(client, {
    id: ids.order,
    customerId,
    placedAt: at.toISOString(),
    shipTo: request.shipTo,
    lines,
    total: cart.total,
    payment: { id: ids.payment, status: "charged", cardLast4 },
  });
  await charge(order.total);
  if (!(await closeAttempt(client, ids.payment))) {
    throw new BanyanError("BYN-SHOP-017", "the checkout took so long that its charge was given back");
  }
  await recordPayment(client, { id: ids.payment, orderId: order.id, total: order.total, cardLast4 }, at);
  const mail = orderPlacedMail(order, customer);
  await timing.time("mail", () =>
    notify(client, mailer, mail, { eventId: `${order.id}:placed`, orderId: order.id, now, log }),
  );
  await emptyCart(client, cartId);
  return order;
}

/**
 * After a commit of which nobody knows how it ended (the connection broke): the cart's lock waits for the server to be
 * done with it, so that the answer is final.
 */
async function stands(pool: Pool, customerId: string, orderId: string): Promise<Order | undefined> {
  return inTransaction(pool, async (client) => {
    const cartId = await findCart(client, { customerId });
    if (cartId !== undefined) await lockCart(client, cartId);
    return orderOf(client, orderId);
  });
}
