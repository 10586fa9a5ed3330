import type { ReservationRecord, StockRecord } from "@banyan/contracts/events/inventory.ts";
import { rowsIn } from "@banyan/platform/log/canonical.ts";
import type { CanonicalRow } from "@banyan/platform/log/capability.ts";
import { stockSlot } from "@banyan/shop/inventory/slot.ts";
import type { StockRows } from "@banyan/shop/inventory/stock-rows.ts";
import type { PoolClient } from "pg";

interface StockRow {
  readonly sku: string;
  readonly on_hand: number;
  readonly updated_at: Date;
}

interface ReservationRow {
  readonly id: string;
  readonly sku: string;
  readonly quantity: number;
  readonly state: ReservationRecord["state"];
  readonly expires_at: Date | null;
}

// Named, so that a connection plans each of them once. Records are as the log carries them (contracts/events/inventory.ts).
const SAVE_STOCK = {
  name: "save stock",
  text: `INSERT INTO stock (slot, sku, on_hand, updated_at)
    SELECT $1, sku, "onHand", "updatedAt"
    FROM jsonb_to_recordset($2::jsonb) AS record (sku text, "onHand" integer, "updatedAt" timestamptz)
    ON CONFLICT (sku) DO UPDATE SET on_hand = excluded.on_hand, updated_at = excluded.updated_at`,
};
const SAVE_RESERVATION = {
  name: "save reservation",
  text: `INSERT INTO reservation (slot, id, sku, quantity, state, expires_at)
    SELECT $1, id, sku, quantity, state, "expiresAt"
    FROM jsonb_to_recordset($2::jsonb)
      AS record (id text, sku text, quantity integer, state text, "expiresAt" timestamptz)
    ON CONFLICT (id) DO UPDATE
    SET quantity = excluded.quantity, state = excluded.state, expires_at = excluded.expires_at`,
};
const STOCK = { name: "stock", text: "SELECT sku, on_hand, updated_at FROM stock WHERE sku = $1" };
const RESERVATION = {
  name: "reservation",
  text: "SELECT id, sku, quantity, state, expires_at FROM reservation WHERE id = $1",
};
const EXPIRED = {
  name: "expired",
  text: `SELECT id, sku, quantity, state, expires_at FROM reservation
    WHERE state = 'held' AND expires_at <= $1
      AND slot IN (SELECT slot FROM handover.slot WHERE capability = 'inventory' AND owner)
    ORDER BY expires_at LIMIT $2`,
};

/** This side's tables of stock, `stock` and `reservation`. */
export const stockRows: StockRows = {
  projection: rowsIn("inventory_record"),
  stockOf: async (client, sku) => {
    const { rows } = await client.query<StockRow>({ ...STOCK, values: [sku] });
    return rows.map(stockRecord)[0];
  },
  reservationOf: async (client, id) => {
    const { rows } = await client.query<ReservationRow>({ ...RESERVATION, values: [id] });
    return rows.map(reservationRecord)[0];
  },
  saveStock: (client, stock) => save(client, SAVE_STOCK, stockSlot(stock.sku), [stock]),
  removeStock: async (client, sku) => {
    await client.query("DELETE FROM stock WHERE sku = $1", [sku]);
  },
  saveReservation: (client, reservation) =>
    save(client, SAVE_RESERVATION, stockSlot(reservation.sku), [reservation]),
  expired: async (pool, before, limit) => {
    const { rows } = await pool.query<ReservationRow>({ ...EXPIRED, values: [before, limit] });
    return rows.map(reservationRecord);
  },
  replace: async (client, slot, rows) => {
    await client.query("DELETE FROM stock WHERE slot = $1", [slot]);
    await client.query("DELETE FROM reservation WHERE slot = $1", [slot]);
    await save(client, SAVE_STOCK, slot, recordsOf(rows, "stock:"));
    await save(client, SAVE_RESERVATION, slot, recordsOf(rows, "reservation:"));
  },
};

async function save(
  client: PoolClient,
  statement: { readonly name: string; readonly text: string },
  slot: number,
  records: readonly unknown[],
): Promise<void> {
  if (records.length > 0) await client.query({ ...statement, values: [slot, JSON.stringify(records)] });
}

function recordsOf(rows: readonly CanonicalRow[], prefix: string): unknown[] {
  return rows.flatMap(({ id, record }) => (id.startsWith(prefix) ? [record] : []));
}

function stockRecord({ sku, on_hand: onHand, updated_at }: StockRow): StockRecord {
  return { sku, onHand, updatedAt: updated_at.toISOString() };
}

function reservationRecord({ id, sku, quantity, state, expires_at }: ReservationRow): ReservationRecord {
  return { id, sku, quantity, state, expiresAt: expires_at?.toISOString() ?? null };
}
