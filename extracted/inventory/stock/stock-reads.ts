import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import type { Availability, StockQuery } from "@banyan/contracts/http/inventory.ts";
import { MisdirectedError } from "@banyan/platform/handover/write/misdirected.ts";
import { stockSlot } from "@banyan/shop/inventory/slot.ts";
import type { Pool } from "pg";

/** A row of the books; the warehouse knows no names. */
export interface Level {
  readonly sku: string;
  readonly onHand: number;
  readonly updatedAt: string;
}

// Each is one statement, so one round trip and one snapshot with the slot's row. Named: a connection plans it once.
const ONE = {
  name: "level",
  text: `SELECT held.owner, held.epoch, stock.on_hand FROM handover.slot held LEFT JOIN stock ON stock.sku = $2
    WHERE held.capability = 'inventory' AND held.slot = $1`,
};
const SOME = {
  name: "levels",
  text: `SELECT
    (SELECT bool_and(state = 'following') FROM handover.slot
     WHERE capability = 'inventory' AND slot = ANY ($1::int[])) AS whole,
    (SELECT coalesce(jsonb_object_agg(sku, on_hand), '{}') FROM stock WHERE sku = ANY ($2)) AS on_hand`,
};
const PAGE = {
  name: "books",
  text: `SELECT
    (SELECT bool_and(state = 'following') FROM handover.slot WHERE capability = 'inventory') AS whole,
    (SELECT count(*)::int FROM stock WHERE $1::int IS NULL OR on_hand < $1) AS total,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('sku', sku, 'onHand', on_hand, 'updatedAt',
              to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY on_hand, sku), '[]')
     FROM (SELECT sku, on_hand, updated_at FROM stock WHERE $1::int IS NULL OR on_hand < $1
           ORDER BY on_hand, sku LIMIT $2 OFFSET $3) page) AS items`,
};

/**
 * How many there are of a SKU; undefined for one without books.
 * @throws MisdirectedError where this side does not own it
 */
export async function levelOf(pool: Pool, sku: string): Promise<number | undefined> {
  const slot = stockSlot(sku);
  const { rows } = await pool.query<{ owner: boolean; epoch: string; on_hand: number | null }>({
    ...ONE,
    values: [slot, sku],
  });
  const [row] = rows;
  if (row === undefined) throw new BanyanError("BYN-DATA-006", `there is no row for slot ${slot}`);
  const { owner, epoch, on_hand } = row;
  if (owner) return on_hand ?? undefined;
  throw new MisdirectedError({ reason: "not-owner", capability: INVENTORY, slot, epoch: Number(epoch) });
}

/** Of several SKUs, whoever owns them, in the order asked for, each once; unknown ones are left out. BYN-SHOP-035 */
export async function levelsOf(pool: Pool, skus: readonly string[]): Promise<Availability[]> {
  const { rows } = await pool.query<{ whole: boolean | null; on_hand: Record<string, number> }>({
    ...SOME,
    values: [skus.map(stockSlot), skus],
  });
  const found = whole(rows[0]).on_hand;
  return [...new Set(skus)].flatMap((sku) => {
    const available = found[sku];
    return available === undefined ? [] : [{ sku, available }];
  });
}

/** A page of the books, the least first, whoever owns them. BYN-SHOP-035 */
export async function booksOf(
  pool: Pool,
  { below, page, perPage }: StockQuery,
): Promise<{ readonly total: number; readonly items: readonly Level[] }> {
  const { rows } = await pool.query<{ whole: boolean | null; total: number; items: Level[] }>({
    ...PAGE,
    values: [below ?? null, perPage, (page - 1) * perPage],
  });
  const { total, items } = whole(rows[0]);
  return { total, items };
}

/** BYN-SHOP-035 while a slot is neither owned nor a copy that follows: what it lacks would look like nothing on hand. */
function whole<Row extends { readonly whole: boolean | null }>(row: Row | undefined): Row {
  if (row?.whole !== true)
    throw new BanyanError("BYN-SHOP-035", "parts of the stock are not copied here yet");
  return row;
}
