import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import type { SagaGround } from "./checkout.ts";
import { driveCancel } from "./drive-cancel.ts";

/**
 * Cancels an order: `cancelling` is committed, then money and pieces go back, then `cancelled`. When a partner gives no
 * answer the order stays `cancelling`, and is finished later by itself or when it is asked for again.
 * @throws MisdirectedError; BYN-SHOP-018; BYN-SHOP-017, 032: it is begun, and will be finished
 */
export async function cancel(
  { store, partners, log, now }: SagaGround,
  order: OrderRecord,
): Promise<OrderRecord> {
  const begun = await store.beginCancel(order, new Date(now()));
  try {
    await driveCancel(begun, partners);
  } catch (error) {
    log.warn({ err: error, orderId: order.id }, "a cancelling could not be finished now; it will be");
    if (error instanceof BanyanError) throw error;
    throw new BanyanError("BYN-SHOP-032", "the cancelling was begun, and will be finished", { cause: error });
  }
  const ended = await store.endCancel(begun);
  // Its new owner finishes it; all that it stands for is done.
  return ended.kind === "closed" ? ended.order : begun;
}
