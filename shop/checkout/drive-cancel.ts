import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import { reservationIdOf } from "@banyan/contracts/http/reservations.ts";
import type { Partners } from "./partners.ts";

/**
 * Pays a `cancelling` order back and returns its pieces. All by ids: asked again it is the same refund and the same
 * pieces. Throws when a partner gives no answer: the order stays `cancelling`, and is finished later.
 */
export async function driveCancel(order: OrderRecord, { cards, inventory }: Partners): Promise<void> {
  await cards.refund(order.payment.id);
  await Promise.all(
    order.lines.map(({ sku, line, quantity }) =>
      inventory.giveBack(sku, reservationIdOf(order.id, line), quantity),
    ),
  );
}
