import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { PoolClient } from "pg";

/** So many pieces of a SKU. */
export interface StockLine {
  readonly sku: string;
  readonly quantity: number;
}

/**
 * Takes stock inside the caller's transaction: all lines or none (BYN-SHOP-015, which names each SKU that there is not
 * enough of). Rows are locked in the order of their SKU, so that two checkouts never wait for each other in a ring.
 */
export async function takeStock(client: PoolClient, lines: readonly StockLine[], now: Date): Promise<void> {
  const wanted = bySku(lines);
  const { rows } = await client.query<{ sku: string; on_hand: number }>(
    "SELECT sku, on_hand FROM stock WHERE sku = ANY ($1) ORDER BY sku FOR UPDATE",
    [[...wanted.keys()]],
  );
  const onHand = new Map(rows.map((row) => [row.sku, row.on_hand]));
  const short = [...wanted].filter(([sku, quantity]) => (onHand.get(sku) ?? 0) < quantity);
  if (short.length > 0) {
    throw new BanyanError("BYN-SHOP-015", `not enough of ${short.map(([sku]) => sku).join(", ")}`, {
      mistakes: short.map(([sku]) => ({ place: sku, message: `only ${onHand.get(sku) ?? 0} left` })),
    });
  }
  await add(client, wanted, -1, now);
}

/** Puts stock back inside the caller's transaction. What the shop no longer sells is not put back. */
export async function returnStock(client: PoolClient, lines: readonly StockLine[], now: Date): Promise<void> {
  const given = bySku(lines);
  await client.query("SELECT FROM stock WHERE sku = ANY ($1) ORDER BY sku FOR UPDATE", [[...given.keys()]]);
  await add(client, given, 1, now);
}

/** The books for a new product, with nothing on hand; inside the caller's transaction. */
export async function openStock(client: PoolClient, sku: string, now: Date): Promise<void> {
  await client.query("INSERT INTO stock (sku, on_hand, updated_at) VALUES ($1, 0, $2)", [sku, now]);
}

/** The end of a product's books; inside the caller's transaction. */
export async function closeStock(client: PoolClient, sku: string): Promise<void> {
  await client.query("DELETE FROM stock WHERE sku = $1", [sku]);
}

async function add(
  client: PoolClient,
  quantities: ReadonlyMap<string, number>,
  sign: 1 | -1,
  now: Date,
): Promise<void> {
  await client.query(
    `UPDATE stock SET on_hand = on_hand + moved.quantity, updated_at = $3
     FROM unnest($1::text[], $2::int[]) AS moved (sku, quantity) WHERE stock.sku = moved.sku`,
    [[...quantities.keys()], [...quantities.values()].map((quantity) => sign * quantity), now],
  );
}

function bySku(lines: readonly StockLine[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { sku, quantity } of lines) sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  return sums;
}
