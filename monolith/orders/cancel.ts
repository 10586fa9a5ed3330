import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Order } from "@banyan/contracts/http/orders.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import type { Session } from "../customers/session.ts";
import { customerById } from "../customers/store.ts";
import { returnStock } from "../inventory/stock.ts";
import { notify } from "../notifications/notify.ts";
import { orderCancelledMail } from "../notifications/order-mails.ts";
import { recordRefund } from "../payments/payments.ts";
import { wasNeverSent } from "../payments/undo-charge.ts";
import { closeCancels, nextUnfinished, openCancel, withdrawCancel } from "./cancel-attempts.ts";
import type { OrderDeps } from "./checkout.ts";
import { orderOf } from "./orders.ts";

/**
 * Cancels an order in one transaction: stock back, money back, a mail. When the processor's answer is lost
 * (BYN-SHOP-017) the order stays as it was until the cancelling is asked for again, or finishes by itself
 * (`finishCancels`): the refund is by id, so that twice is once. Someone else's order is BYN-SHOP-003, one that is not
 * `placed` BYN-SHOP-018.
 */
export async function cancelOrder(deps: OrderDeps, session: Session, orderId: string): Promise<Order> {
  const { pool, log, now, newId } = deps;
  const order = shownTo(session, await orderOf(pool, orderId));
  const attempt = { id: newId(), orderId: order.id };
  if (!(await openCancel(pool, attempt, new Date(now())))) throw await notPlaced(deps, order.id);
  // From here on money may have moved, though the processor's answer never came.
  let mayBeRefunded = false;
  try {
    const cancelled = await finishCancel(deps, order.id, () => {
      mayBeRefunded = true;
    });
    if (cancelled === undefined) throw await notPlaced(deps, order.id);
    return cancelled;
  } catch (error) {
    if (mayBeRefunded && !wasNeverSent(error)) {
      const about = { err: error, paymentId: order.payment.id, orderId: order.id, code: "BYN-SHOP-023" };
      log.error(about, "an order may have been paid back and is not cancelled yet; that is finished later");
    } else {
      await withdrawCancel(pool, attempt).catch((cause: unknown) => {
        log.warn({ err: cause, orderId: order.id }, "a cancelling that failed will be finished later");
      });
    }
    throw error;
  }
}

/**
 * Finishes what was begun before `before` and did not end: the shop died between refund and commit, or the answer of
 * the card processor was lost. Answers how many orders were cancelled; what fails again stays, logged with BYN-SHOP-023.
 */
export async function finishCancels(deps: OrderDeps, before: Date): Promise<number> {
  let finished = 0;
  let orderId = "";
  for (;;) {
    const next = await nextUnfinished(deps.pool, { before, after: orderId });
    if (next === undefined) return finished;
    orderId = next;
    try {
      if ((await finishCancel(deps, orderId, () => {})) !== undefined) finished++;
    } catch (error) {
      const about = { err: error, orderId, code: "BYN-SHOP-023" };
      deps.log.error(about, "an order whose cancelling was begun could not be cancelled yet");
    }
  }
}

/** Undefined when the order is not `placed` (any more). `asked` is called before the processor is. */
async function finishCancel(
  { pool, cards, mailer, log, now }: OrderDeps,
  orderId: string,
  asked: () => void,
): Promise<Order | undefined> {
  return inTransaction(pool, async (client) => {
    await client.query("SELECT FROM shop_order WHERE id = $1 FOR UPDATE", [orderId]);
    await closeCancels(client, orderId);
    const order = await orderOf(client, orderId);
    if (order?.status !== "placed") return undefined;
    const at = new Date(now());
    await client.query("UPDATE shop_order SET status = 'cancelled', cancelled_at = $2 WHERE id = $1", [
      order.id,
      at,
    ]);
    await returnStock(client, order.lines, at);
    asked();
    await cards.refund(order.payment.id);
    await recordRefund(client, order.payment.id, at);
    const cancelled: Order = {
      ...order,
      status: "cancelled",
      cancelledAt: at.toISOString(),
      payment: { ...order.payment, status: "refunded" },
    };
    const customer = await customerById(client, order.customerId);
    if (customer !== undefined) {
      const mail = orderCancelledMail(cancelled, customer);
      await notify(client, mailer, mail, { eventId: `${order.id}:cancelled`, orderId: order.id, now, log });
    }
    return cancelled;
  });
}

async function notPlaced({ pool }: OrderDeps, orderId: string): Promise<BanyanError> {
  const { status = "gone" } = (await orderOf(pool, orderId)) ?? {};
  return new BanyanError("BYN-SHOP-018", `the order is ${status}`);
}

/** The order, if it is the session's own or the session is an admin's; for anyone else it is not there. */
export function shownTo(session: Session, order: Order | undefined): Order {
  if (order === undefined || (order.customerId !== session.customerId && session.role !== "admin")) {
    throw new BanyanError("BYN-SHOP-003", "no such order");
  }
  return order;
}
