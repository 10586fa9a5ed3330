import type { CustomerCart } from "@banyan/contracts/http/customer-carts.ts";
import { inSnapshot } from "@banyan/platform/log/snapshot.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import type { Carts } from "@banyan/shop/checkout/partners.ts";
import type { Pool, PoolClient } from "pg";
import { customerById } from "../customers/store.ts";
import { readCart } from "./cart.ts";
import { findCart, lockCart, takeOrdered } from "./cart-store.ts";

/** The customers' carts for a checkout in this process; other processes ask for them over HTTP (`internal-routes.ts`). */
export function customerCarts(pool: Pool, now: () => number): Carts {
  return {
    // Of one moment: the version is that of the lines.
    read: (customerId) =>
      inSnapshot(pool, async (client): Promise<CustomerCart | undefined> => {
        if ((await customerById(client, customerId)) === undefined) return undefined;
        const cartId = await findCart(client, { customerId });
        return { cart: await readCart(client, cartId), version: await versionOf(client, cartId) };
      }),
    ordered: (customerId, orderId, lines) =>
      inTransaction(pool, async (client) => {
        const { rowCount } = await client.query(
          "INSERT INTO cart_ordered (order_id, ordered_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
          [orderId, new Date(now())],
        );
        if (rowCount === 0) return;
        const cartId = await findCart(client, { customerId });
        if (cartId !== undefined && (await lockCart(client, cartId)))
          await takeOrdered(client, cartId, lines);
      }),
  };
}

/** A cart that was never made has seen no change. */
async function versionOf(client: PoolClient, cartId: string | undefined): Promise<number> {
  if (cartId === undefined) return 0;
  const { rows } = await client.query<{ version: number }>("SELECT version FROM cart WHERE id = $1", [
    cartId,
  ]);
  return rows[0]?.version ?? 0;
}
