import { ORDERS, type OrderRecord } from "@banyan/contracts/events/orders.ts";
import type { OrderPage, OrderQuery } from "@banyan/contracts/http/orders.ts";
import { MisdirectedError, refuseUnknown } from "@banyan/platform/handover/write/misdirected.ts";
import { orderSlot } from "@banyan/shop/orders/slot.ts";
import { orderSummary } from "@banyan/shop/orders/view.ts";
import type { Pool } from "pg";

/*
 * Reads for people (design §5.9): each asks in one statement, and so in one snapshot, for the rows and for who owns their
 * slot. Two statements could find the rows of a moment at which the slot was elsewhere.
 */

/** What a statement says of the slot beside what it reads. */
interface Owned {
  readonly slot: number;
  readonly owner: boolean;
  readonly epoch: string;
}

/**
 * The order, of a slot that this side owns; undefined when it is nowhere. Whose it is must be checked by who shows it.
 * @throws MisdirectedError: `not-owner` of its slot, or `unknown` while this side does not own every slot
 */
export async function readOrder(pool: Pool, id: string): Promise<OrderRecord | undefined> {
  const found = await findOrder(pool, id);
  if (found !== undefined) return found;
  await refuseUnknown(pool, ORDERS);
  // It may have come with the last slot, between the two looks.
  return findOrder(pool, id);
}

async function findOrder(pool: Pool, id: string): Promise<OrderRecord | undefined> {
  const { rows } = await pool.query<Owned & { record: OrderRecord }>({
    name: "orders: read",
    text: `SELECT slot.slot, slot.owner, slot.epoch, record FROM shop_order
           JOIN handover.slot ON slot.capability = $1 AND slot.slot = shop_order.slot WHERE id = $2`,
    values: [ORDERS, id],
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  onlyOwned(row);
  return row.record;
}

const LIST = `SELECT slot.slot, slot.owner, slot.epoch,
    (SELECT count(*) FROM shop_order WHERE customer_id = $3 AND status <> 'failed') AS total,
    ARRAY (SELECT record FROM shop_order WHERE customer_id = $3 AND status <> 'failed'
           ORDER BY placed_at DESC, id DESC LIMIT $4 OFFSET $5) AS records
  FROM handover.slot WHERE slot.capability = $1 AND slot.slot = $2`;

/**
 * A page of a customer's orders, the newest first, without those that failed.
 * @throws MisdirectedError
 */
export async function listOrders(
  pool: Pool,
  customerId: string,
  { page, perPage }: OrderQuery,
): Promise<OrderPage> {
  const slot = orderSlot(customerId);
  const { rows } = await pool.query<Owned & { total: string; records: readonly OrderRecord[] }>({
    name: "orders: list",
    text: LIST,
    values: [ORDERS, slot, customerId, perPage, (page - 1) * perPage],
  });
  const [row] = rows;
  if (row === undefined) throw new Error(`there is no row for slot ${slot}`);
  onlyOwned(row);
  return { items: row.records.map(orderSummary), page, perPage, total: Number(row.total) };
}

function onlyOwned({ slot, owner, epoch }: Owned): void {
  if (!owner) {
    throw new MisdirectedError({ reason: "not-owner", capability: ORDERS, slot, epoch: Number(epoch) });
  }
}
