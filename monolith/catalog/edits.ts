import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { type CatalogEvent, ProductRecord } from "@banyan/contracts/events/catalog.ts";
import { CategorySlug, ProductEdit } from "@banyan/contracts/http/catalog.ts";
import { slotOf } from "@banyan/contracts/slot.ts";
import { lockSlot, recordChanges } from "@banyan/platform/log/outbox.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { closeStock, openStock } from "../inventory/stock.ts";

export const CAPABILITY = "catalog";
export const CURRENCY = "EUR";

const { name, description, priceAmount, available, attributes } = ProductEdit.shape;

/** Body of `POST /api/admin/products`. */
export const NewProduct = z.strictObject({
  name: name.unwrap(),
  description: description.unwrap(),
  category: CategorySlug,
  priceAmount: priceAmount.unwrap(),
  available: available.default(true),
  attributes: attributes.default({}),
});
export type NewProduct = z.output<typeof NewProduct>;

type Change = CatalogEvent["changes"][number];

/** The slot that a product's events go by. */
export function slotOfProduct(id: string): number {
  return slotOf("catalog-data", id);
}

/**
 * Adds a product; with `books`, the stock's are opened in the same transaction. An unknown category is BYN-SHOP-002.
 */
export async function addProduct(
  pool: Pool,
  id: string,
  product: NewProduct,
  { at, books }: { readonly at: Date; readonly books: boolean },
): Promise<void> {
  await edit(pool, id, async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO product (id, slot, name, description, category_id, price_amount, currency, available, popularity,
                            attributes, version, updated_at)
       SELECT $1, $2, $3, $4, category.id, $5, $6, $7, 0, $8, 1, $9 FROM category WHERE slug = $10`,
      [
        id,
        slotOfProduct(id),
        product.name,
        product.description,
        product.priceAmount,
        CURRENCY,
        product.available,
        product.attributes,
        at,
        product.category,
      ],
    );
    if (rowCount === 0) {
      throw new BanyanError("BYN-SHOP-002", "some fields are not valid", {
        mistakes: [{ place: "category", message: "there is no such category" }],
      });
    }
    if (books) await openStock(client, id, at);
    return saved(client, id);
  });
}

/** Changes the fields that are named. An unknown product is BYN-SHOP-003. */
export async function changeProduct(pool: Pool, id: string, changes: ProductEdit, at: Date): Promise<void> {
  await edit(pool, id, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE product
       SET name = coalesce($2, name), description = coalesce($3, description),
           price_amount = coalesce($4, price_amount), available = coalesce($5, available),
           attributes = coalesce($6, attributes), version = version + 1, updated_at = $7
       WHERE id = $1`,
      [id, changes.name, changes.description, changes.priceAmount, changes.available, changes.attributes, at],
    );
    if (rowCount === 0) throw unknown();
    return saved(client, id);
  });
}

/**
 * Removes a product, and with `books` the stock's in the same transaction; the event's version is the one after its
 * last. An unknown product is BYN-SHOP-003.
 */
export async function removeProduct(
  pool: Pool,
  id: string,
  { books }: { readonly books: boolean },
): Promise<void> {
  await edit(pool, id, async (client) => {
    const { rows } = await client.query<{ version: number }>(
      "DELETE FROM product WHERE id = $1 RETURNING version",
      [id],
    );
    const [row] = rows;
    if (row === undefined) throw unknown();
    if (books) await closeStock(client, id);
    return { type: "product-removed", id, version: row.version + 1 };
  });
}

/** One transaction: the slot first, then the rows, then exactly one outbox row (design §5.2). */
async function edit(pool: Pool, id: string, work: (client: PoolClient) => Promise<Change>): Promise<void> {
  const slot = slotOfProduct(id);
  await inTransaction(pool, async (client) => {
    await lockSlot(client, CAPABILITY, slot);
    const change = await work(client);
    await recordChanges(client, CAPABILITY, slot, [change]);
  });
}

/** The event's record comes from the feed's view, so that events, back-fill and checksums have one definition. */
async function saved(client: PoolClient, id: string): Promise<Change> {
  const { rows } = await client.query<{ record: unknown }>("SELECT record FROM feed.product WHERE id = $1", [
    id,
  ]);
  return { type: "product-saved", product: ProductRecord.parse(rows[0]?.record) };
}

function unknown(): BanyanError {
  return new BanyanError("BYN-SHOP-003", "no such product");
}
