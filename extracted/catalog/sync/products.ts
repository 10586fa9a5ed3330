import type { PoolClient } from "pg";

const COLUMNS =
  "id, slot, name, description, category, price_amount, currency, available, popularity, attributes, version, updated_at";

// Records as the log carries them (contracts/events/catalog.ts), as rows of the copy's table.
const FROM_RECORDS = `
  SELECT id, $1::smallint, name, description, category, "priceAmount", currency, available, popularity, attributes,
         version, "updatedAt"
  FROM jsonb_to_recordset($2::jsonb) AS record (
    id text, name text, description text, category text, "priceAmount" integer, currency text, available boolean,
    popularity integer, attributes jsonb, version integer, "updatedAt" timestamptz
  )`;

const SAVE = `INSERT INTO product (${COLUMNS}) ${FROM_RECORDS}
  ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, description = excluded.description, category = excluded.category,
    price_amount = excluded.price_amount, currency = excluded.currency, available = excluded.available,
    popularity = excluded.popularity, attributes = excluded.attributes, version = excluded.version,
    updated_at = excluded.updated_at`;

/** Makes each product what its record says; a record is whole, so nothing else is needed. */
export async function saveProducts(
  client: PoolClient,
  slot: number,
  records: readonly unknown[],
): Promise<void> {
  await client.query(SAVE, [slot, JSON.stringify(records)]);
}

/** Removes products of this slot; one that is not there is no mistake. */
export async function removeProducts(
  client: PoolClient,
  slot: number,
  ids: readonly string[],
): Promise<void> {
  await client.query("DELETE FROM product WHERE slot = $1 AND id = ANY($2)", [slot, ids]);
}

/** Makes the slot's products exactly these. */
export async function replaceSlot(
  client: PoolClient,
  slot: number,
  records: readonly unknown[],
): Promise<void> {
  await client.query("DELETE FROM product WHERE slot = $1", [slot]);
  if (records.length > 0) await saveProducts(client, slot, records);
}
