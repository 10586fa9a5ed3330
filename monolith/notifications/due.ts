import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import type { PoolClient } from "pg";
import { messageIdOf, type OrderEvent } from "./order-mails.ts";

/** An order's row before and after it was written; `before` is undefined for one that was not there. */
export interface OrderWritten {
  readonly before: Pick<OrderRecord, "status"> | undefined;
  readonly after: OrderRecord;
}

/**
 * What people are told about an order by mail, each once in its life. An order that was seen neither placed nor
 * cancelled until now (its slot was filled again, say) has become both.
 */
export function eventsOf({ before, after }: OrderWritten): OrderEvent[] {
  const events: OrderEvent[] = [];
  if (!isPlaced(before?.status) && isPlaced(after.status)) events.push("placed");
  if (before?.status !== "cancelled" && after.status === "cancelled") events.push("cancelled");
  return events;
}

/**
 * Notes the mails that writes of orders make due, inside their transaction and in one statement. An event that is noted
 * already, whatever became of its mail, is left alone: neither a repeated write nor a slot that is filled again tells a
 * second time.
 */
export async function mailsDueOf(
  client: PoolClient,
  written: readonly OrderWritten[],
  now: Date,
): Promise<void> {
  const due = written.flatMap((each) => eventsOf(each).map((event) => ({ event, orderId: each.after.id })));
  if (due.length === 0) return;
  await client.query(
    `INSERT INTO notification (event_id, order_id, message_id, status, next_try_at, noted_at)
     SELECT event_id, order_id, message_id, 'due', $4, $4
     FROM unnest($1::text[], $2::text[], $3::text[]) AS due (event_id, order_id, message_id)
     ON CONFLICT (event_id) DO NOTHING`,
    [
      due.map(({ event, orderId }) => `${orderId}:${event}`),
      due.map(({ orderId }) => orderId),
      due.map(({ event, orderId }) => messageIdOf(orderId, event)),
      now,
    ],
  );
}

/** Something is told of an order only once it is placed, if ever: a write of any other needs no look at what it was. */
export function isPlaced(status: OrderRecord["status"] | undefined): boolean {
  return status === "placed" || status === "cancelling" || status === "cancelled";
}
