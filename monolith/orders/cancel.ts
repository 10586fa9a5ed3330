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
import type { OrderDeps } from "./checkout.ts";
import { orderOf } from "./orders.ts";

/**
 * Cancels an order in one transaction: stock back, money back, a mail. When the processor does not answer the order
 * stays as it was (BYN-SHOP-017): a refund by id can be asked for again. Someone else's order is BYN-SHOP-003, one that
 * is not `placed` BYN-SHOP-018.
 */
export async function cancelOrder(
  { pool, cards, mailer, log, now }: OrderDeps,
  session: Session,
  orderId: string,
): Promise<Order> {
  // From here on money may have moved, though the processor's answer never came.
  let mayBeRefunded: string | undefined;
  try {
    return await inTransaction(pool, async (client) => {
      await client.query("SELECT FROM shop_order WHERE id = $1 FOR UPDATE", [orderId]);
      const order = shownTo(session, await orderOf(client, orderId));
      if (order.status !== "placed") throw new BanyanError("BYN-SHOP-018", `the order is ${order.status}`);
      const at = new Date(now());
      await client.query("UPDATE shop_order SET status = 'cancelled', cancelled_at = $2 WHERE id = $1", [
        order.id,
        at,
      ]);
      await returnStock(client, order.lines, at);
      mayBeRefunded = order.payment.id;
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
  } catch (error) {
    if (mayBeRefunded !== undefined && !wasNeverSent(error)) {
      log.error(
        { err: error, paymentId: mayBeRefunded, orderId, code: "BYN-SHOP-023" },
        "an order may have been paid back and is not cancelled; cancelling it again settles it",
      );
    }
    throw error;
  }
}

/** The order, if it is the session's own or the session is an admin's; for anyone else it is not there. */
export function shownTo(session: Session, order: Order | undefined): Order {
  if (order === undefined || (order.customerId !== session.customerId && session.role !== "admin")) {
    throw new BanyanError("BYN-SHOP-003", "no such order");
  }
  return order;
}
