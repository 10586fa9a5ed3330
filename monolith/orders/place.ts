import type { Order } from "@banyan/contracts/http/orders.ts";
import { orderNumber } from "@banyan/shop/orders/view.ts";
import type { PoolClient } from "pg";

/** An order that has no number yet. */
export type NewOrder = Omit<Order, "number" | "status" | "cancelledAt" | "failure">;

/** Writes a new order with its lines inside the caller's transaction, and answers it with its number. */
export async function insertOrder(client: PoolClient, order: NewOrder): Promise<Order> {
  const { id, customerId, placedAt, shipTo, total, lines, payment } = order;
  const { rows } = await client.query<{ number: number }>(
    `INSERT INTO shop_order (id, customer_id, status, placed_at, ship_name, ship_street, ship_postcode, ship_city,
                             ship_country, total_amount, currency)
     VALUES ($1, $2, 'placed', $3, $4, $5, $6, $7, $8, $9, $10) RETURNING number`,
    [
      id,
      customerId,
      placedAt,
      shipTo.name,
      shipTo.street,
      shipTo.postcode,
      shipTo.city,
      shipTo.country,
      total.amount,
      total.currency,
    ],
  );
  for (const { line, sku, name, unitPrice, quantity } of lines) {
    await client.query(
      "INSERT INTO order_line (order_id, line, sku, name, unit_amount, quantity) VALUES ($1, $2, $3, $4, $5, $6)",
      [id, line, sku, name, unitPrice.amount, quantity],
    );
  }
  const [row] = rows;
  if (row === undefined) throw new Error("an insert that returns no row");
  return {
    id,
    number: orderNumber(row.number),
    status: "placed",
    placedAt,
    cancelledAt: null,
    customerId,
    shipTo,
    lines,
    total,
    payment,
    failure: null,
  };
}
