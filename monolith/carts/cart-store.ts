import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { MAX_QUANTITY } from "@banyan/contracts/http/cart.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import type { Pool, PoolClient } from "pg";

/** What stands in a cart, before the catalog is asked what it is. */
export interface StoredLine {
  readonly productId: string;
  readonly quantity: number;
}

/** More would make orders that no page, mail or invoice was made for. */
export const MAX_LINES = 50;

/** Whose cart: a customer's, or that of the visitor who holds the secret. */
export type CartKey =
  | { readonly customerId: string }
  | { readonly cartId: string; readonly secretSha256: Uint8Array };

/** The cart's id, or undefined if there is none of that key. */
export async function findCart(database: Pool | PoolClient, key: CartKey): Promise<string | undefined> {
  const { rows } =
    "customerId" in key
      ? await database.query<{ id: string }>("SELECT id FROM cart WHERE customer_id = $1", [key.customerId])
      : await database.query<{ id: string }>("SELECT id FROM cart WHERE id = $1 AND secret_sha256 = $2", [
          key.cartId,
          key.secretSha256,
        ]);
  return rows[0]?.id;
}

/** The customer's cart, made if there is none, and locked until the transaction ends. */
export async function customerCart(
  client: PoolClient,
  customerId: string,
  newId: () => string,
  now: Date,
): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO cart (id, customer_id, updated_at) VALUES ($1, $2, $3)
     ON CONFLICT (customer_id) DO UPDATE SET updated_at = excluded.updated_at RETURNING id`,
    [newId(), customerId, now],
  );
  const [row] = rows;
  if (row === undefined) throw new Error("an upsert that returns no row");
  return row.id;
}

export async function addVisitorCart(
  client: PoolClient,
  key: { readonly cartId: string; readonly secretSha256: Uint8Array },
  now: Date,
): Promise<void> {
  await client.query("INSERT INTO cart (id, secret_sha256, updated_at) VALUES ($1, $2, $3)", [
    key.cartId,
    key.secretSha256,
    now,
  ]);
}

/** Locks a cart until the transaction ends; false if it is gone. */
export async function lockCart(client: PoolClient, cartId: string): Promise<boolean> {
  const { rowCount } = await client.query("SELECT FROM cart WHERE id = $1 FOR UPDATE", [cartId]);
  return rowCount === 1;
}

/** In the order in which they were first added. */
export async function linesOf(database: Pool | PoolClient, cartId: string): Promise<StoredLine[]> {
  const { rows } = await database.query<StoredLine>(
    `SELECT product_id AS "productId", quantity FROM cart_line WHERE cart_id = $1 ORDER BY added_at, product_id`,
    [cartId],
  );
  return rows;
}

/** Sets a line's quantity in a locked cart. One product more than it holds is BYN-SHOP-022. */
export async function putLine(
  client: PoolClient,
  cartId: string,
  line: StoredLine,
  now: Date,
): Promise<void> {
  await client.query(
    `INSERT INTO cart_line (cart_id, product_id, quantity, added_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (cart_id, product_id) DO UPDATE SET quantity = excluded.quantity`,
    [cartId, line.productId, line.quantity, now],
  );
  await nextVersion(client, cartId);
  await refuseOverfull(client, cartId);
}

/**
 * Adds to a line of a locked cart, up to 99 of a product: in one statement, so that two adds at once count twice. One
 * product more than the cart holds is BYN-SHOP-022.
 */
export async function addToLine(
  client: PoolClient,
  cartId: string,
  line: StoredLine,
  now: Date,
): Promise<void> {
  await client.query(
    `INSERT INTO cart_line (cart_id, product_id, quantity, added_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (cart_id, product_id)
     DO UPDATE SET quantity = least(cart_line.quantity + excluded.quantity, $5)`,
    [cartId, line.productId, line.quantity, now, MAX_QUANTITY],
  );
  await nextVersion(client, cartId);
  await refuseOverfull(client, cartId);
}

/** After every change of a locked cart's lines: who has read it before, and orders it, orders another version. */
async function nextVersion(client: PoolClient, cartId: string): Promise<void> {
  await client.query("UPDATE cart SET version = version + 1 WHERE id = $1", [cartId]);
}

async function refuseOverfull(client: PoolClient, cartId: string): Promise<void> {
  const { rows } = await client.query<{ count: number }>(
    "SELECT count(*)::int FROM cart_line WHERE cart_id = $1",
    [cartId],
  );
  if ((rows[0]?.count ?? 0) > MAX_LINES) {
    throw new BanyanError("BYN-SHOP-022", `a cart holds ${MAX_LINES} products`);
  }
}

/** Waits for a checkout that has the cart: what it orders is not taken out under its hands. */
export async function dropLine(pool: Pool, cartId: string, productId: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    if (!(await lockCart(client, cartId))) return;
    await client.query("DELETE FROM cart_line WHERE cart_id = $1 AND product_id = $2", [cartId, productId]);
    await nextVersion(client, cartId);
  });
}

/** Takes everything out of a locked cart. */
export async function emptyCart(client: PoolClient, cartId: string): Promise<void> {
  await client.query("DELETE FROM cart_line WHERE cart_id = $1", [cartId]);
  await nextVersion(client, cartId);
}

/** Takes what was ordered out of a locked cart; what was put in since then stays. */
export async function takeOrdered(
  client: PoolClient,
  cartId: string,
  lines: readonly { readonly sku: string; readonly quantity: number }[],
): Promise<void> {
  await client.query(
    `WITH ordered AS (
       SELECT sku, sum(quantity)::int AS quantity
       FROM jsonb_to_recordset($2::jsonb) AS l (sku text, quantity integer) GROUP BY sku
     ), gone AS (
       DELETE FROM cart_line c USING ordered o
       WHERE c.cart_id = $1 AND c.product_id = o.sku AND c.quantity <= o.quantity
     )
     UPDATE cart_line c SET quantity = c.quantity - o.quantity FROM ordered o
     WHERE c.cart_id = $1 AND c.product_id = o.sku AND c.quantity > o.quantity`,
    [cartId, JSON.stringify(lines)],
  );
  await nextVersion(client, cartId);
}

/**
 * Moves what a visitor's cart holds into a customer's, both locked, and removes the visitor's. Quantities add, at most
 * 99; products that would make it more than 50 are dropped, the latest first.
 */
export async function mergeCarts(
  client: PoolClient,
  { from, into }: { readonly from: string; readonly into: string },
): Promise<void> {
  await client.query(
    `UPDATE cart_line mine SET quantity = least(mine.quantity + theirs.quantity, $3)
     FROM cart_line theirs
     WHERE mine.cart_id = $1 AND theirs.cart_id = $2 AND theirs.product_id = mine.product_id`,
    [into, from, MAX_QUANTITY],
  );
  await client.query(
    `INSERT INTO cart_line (cart_id, product_id, quantity, added_at)
     SELECT $1, product_id, quantity, added_at FROM cart_line theirs
     WHERE cart_id = $2 AND NOT EXISTS (SELECT FROM cart_line WHERE cart_id = $1 AND product_id = theirs.product_id)
     ORDER BY added_at, product_id
     LIMIT greatest(0, $3 - (SELECT count(*) FROM cart_line WHERE cart_id = $1))`,
    [into, from, MAX_LINES],
  );
  await client.query("DELETE FROM cart WHERE id = $1", [from]);
  await nextVersion(client, into);
}
