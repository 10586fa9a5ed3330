import { OrderRecord } from "@banyan/contracts/events/orders.ts";
import { SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { readSlots, type SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";
import type { Pool } from "pg";
import { type ChargeRow, readCharges } from "../capabilities/charge-rows.ts";
import { compareOwned } from "../capabilities/owned.ts";
import type { BareContext } from "../commands/context.ts";
import type { Journal } from "./journal.ts";
import type { OutboxHistory, WrittenRow } from "./outbox-history.ts";
import { CAPABILITIES, type Capability, type Sides } from "./sides.ts";
import type { Watch } from "./watch.ts";

export type BySide<T> = Readonly<Record<Side, T>>;

export interface ReservationRow {
  readonly id: string;
  readonly sku: string;
  readonly quantity: number;
  readonly state: "held" | "confirmed" | "released" | "returned";
}

/** All that is known when everything has come to rest. */
export interface Facts {
  readonly journal: Journal;
  /** Orders of this run, by side. */
  readonly orders: BySide<readonly OrderRecord[]>;
  readonly charges: readonly ChargeRow[];
  /** Pieces on hand, by SKU: before anyone wrote, and now. */
  readonly stockBefore: ReadonlyMap<string, number>;
  readonly stock: BySide<ReadonlyMap<string, number>>;
  readonly reservations: BySide<readonly ReservationRow[]>;
  readonly slots: Readonly<Record<Capability, BySide<readonly SlotRow[]>>>;
  /** Every row of every outbox. */
  readonly written: readonly WrittenRow[];
  readonly foreign: Readonly<Record<Capability, number>>;
  /** Keys whose request is still in progress. */
  readonly openKeys: number;
  /** What comparing both sides found, in words; empty when all 100 slots are equal. */
  readonly different: Readonly<Record<Capability, string>>;
  /** Slots that were seen with two owners. */
  readonly torn: readonly string[];
  /** Processes that ended though nobody ended them. */
  readonly ended: readonly string[];
  /** What did not come to its end, in words. */
  readonly hung: readonly string[];
}

/** Pieces on hand at the monolith. */
export async function stockIn(pool: Pool): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ sku: string; on_hand: number }>("SELECT sku, on_hand FROM stock");
  return new Map(rows.map(({ sku, on_hand }) => [sku, on_hand]));
}

const ORDERS_OF: BySide<string> = {
  monolith: "SELECT record FROM order_record WHERE record -> 'request' <> 'null'",
  extracted: "SELECT record FROM shop_order WHERE record -> 'request' <> 'null'",
};

/** Reads all of it from both sides' databases and the card processor's own. @throws when one is away */
export async function gatherFacts(
  context: BareContext,
  sides: Sides,
  cards: Pool,
  seen: {
    readonly journal: Journal;
    readonly stockBefore: ReadonlyMap<string, number>;
    readonly history: OutboxHistory;
    readonly watch: Watch;
    readonly ended: readonly string[];
    readonly hung: readonly string[];
  },
): Promise<Facts> {
  const compared = async (capability: Capability) => {
    const found = await compareOwned(context.addresses, capability, { signal: context.signal });
    if (found.zero) return "";
    const { equal, different, behind, unfilled, quarantined, differences } = found;
    const first = differences
      .slice(0, 3)
      .map(({ slot, first }) => `slot ${slot}: ${JSON.stringify(first[0])}`);
    return `${equal} slots equal, ${different} different, ${behind} behind, ${unfilled} not filled, ${quarantined} in quarantine ${first.join("; ")}`;
  };
  // First of all: a difference quarantines, and the rest is read as it stands after that.
  const different = { orders: await compared("orders"), inventory: await compared("inventory") };
  const foreign = await byCapability(async (capability) => {
    const counts = await Promise.all(
      SIDES.map((side) =>
        countIn(sides[capability][side].pool, "handover.foreign_tail WHERE capability = $1", [capability]),
      ),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  });
  const [openMonolith, openOrders] = await Promise.all(
    SIDES.map((side) => countIn(sides.orders[side].pool, "handover.key WHERE response IS NULL", [])),
  );
  const charges = await readCharges(cards);
  return {
    journal: seen.journal,
    orders: await bySide(async (side) => {
      const { rows } = await sides.orders[side].pool.query<{ record: unknown }>(ORDERS_OF[side]);
      return rows.map(({ record }) => OrderRecord.parse(record));
    }),
    charges,
    stockBefore: seen.stockBefore,
    stock: await bySide((side) => stockIn(sides.inventory[side].pool)),
    reservations: await bySide(async (side) => {
      const { rows } = await sides.inventory[side].pool.query<ReservationRow>(
        "SELECT id, sku, quantity, state FROM reservation",
      );
      return rows;
    }),
    slots: await byCapability((capability) =>
      bySide((side) => readSlots(sides[capability][side].pool, capability)),
    ),
    written: seen.history.rows,
    foreign,
    openKeys: (openMonolith ?? 0) + (openOrders ?? 0),
    different,
    torn: seen.watch.torn,
    ended: seen.ended,
    hung: seen.hung,
  };
}

async function countIn(pool: Pool, from: string, values: readonly unknown[]): Promise<number> {
  const { rows } = await pool.query<{ count: string }>(`SELECT count(*) FROM ${from}`, [...values]);
  return Number(rows[0]?.count);
}

async function bySide<T>(read: (side: Side) => Promise<T>): Promise<BySide<T>> {
  return { monolith: await read("monolith"), extracted: await read("extracted") };
}

async function byCapability<T>(
  read: (capability: Capability) => Promise<T>,
): Promise<Readonly<Record<Capability, T>>> {
  const [orders, inventory] = CAPABILITIES;
  return { orders: await read(orders), inventory: await read(inventory) };
}
