import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import { ORDERS } from "@banyan/contracts/events/orders.ts";
import { peerOf, SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { stockRows as extractedStockRows } from "@banyan/inventory/stock/stock-rows.ts";
import { stockRows as monolithStockRows } from "@banyan/monolith/inventory/stock-rows.ts";
import { orderRows as monolithOrderRows } from "@banyan/monolith/orders/order-rows.ts";
import { orderRows as extractedOrderRows } from "@banyan/orders/orders/order-rows.ts";
import { currentToken } from "@banyan/platform/handover/act/current-token.ts";
import type { OwnedCapability } from "@banyan/platform/handover/capability.ts";
import { type Filled, type FillProgress, fillSlots } from "@banyan/platform/handover/fill/fill-slots.ts";
import { reconcileSlots } from "@banyan/platform/handover/reconcile/reconcile-slots.ts";
import { dismissAlarm } from "@banyan/platform/handover/slot/dismiss-alarm.ts";
import { readSlots, type SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";
import type { Reconciliation } from "@banyan/platform/log/reconcile.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { inventoryCapability } from "@banyan/shop/inventory/inventory-capability.ts";
import { ordersCapability } from "@banyan/shop/orders/orders-capability.ts";
import type { Pool } from "pg";
import type { Addresses } from "../stack/addresses.ts";
import { silentLog } from "../stack/silent-log.ts";

// What the command line knows of the shop's owned capabilities: where their data lies, and how it is compared and filled.

/** How long slots may take to come to equal seq while people write; a quiet one takes milliseconds. */
const COMPARE_MS = 60_000;

interface Known {
  /** Of both sides, over each side's own tables. */
  readonly sides: Readonly<Record<Side, OwnedCapability<unknown>>>;
  readonly database: Readonly<Record<Side, "shop" | "orders" | "inventory">>;
}

const KNOWN: Readonly<Record<string, Known>> = {
  [ORDERS]: {
    sides: {
      monolith: ordersCapability(monolithOrderRows),
      extracted: ordersCapability(extractedOrderRows),
    } as Known["sides"],
    database: { monolith: "shop", extracted: "orders" },
  },
  [INVENTORY]: {
    sides: {
      monolith: inventoryCapability(monolithStockRows),
      extracted: inventoryCapability(extractedStockRows),
    } as Known["sides"],
    database: { monolith: "shop", extracted: "inventory" },
  },
};

export function isKnownOwned(capability: string): boolean {
  return capability in KNOWN;
}

export type BothSides = Readonly<
  Record<Side, { readonly pool: Pool; readonly capability: OwnedCapability<unknown> }>
>;

/** Opens both sides' databases for a piece of work. @throws BYN-CLI-016 */
export async function withBothSides<T>(
  addresses: Addresses,
  capability: string,
  work: (sides: BothSides) => Promise<T>,
): Promise<T> {
  const known = KNOWN[capability];
  if (known === undefined) {
    throw new BanyanError("BYN-CLI-016", `nothing here knows how to compare the data of ${capability}`);
  }
  const open = (side: Side) => ({
    pool: createPool(addresses.databases[known.database[side]], { max: 4, name: "banyan" }, silentLog),
    capability: known.sides[side],
  });
  const sides = { monolith: open("monolith"), extracted: open("extracted") };
  try {
    return await work(sides);
  } finally {
    await Promise.all(SIDES.map((side) => sides[side].pool.end()));
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export function compareOwned(
  addresses: Addresses,
  capability: string,
  options: { readonly signal: AbortSignal; readonly onProgress?: (done: number, of: number) => void },
): Promise<Reconciliation> {
  return withBothSides(addresses, capability, (sides) =>
    reconcileSlots({ ...options, sides, boundMs: COMPARE_MS, now: Date.now, sleep }),
  );
}

/**
 * Fills the copies that want it from their owners, slot by slot, at the extracted side and then, where slots have moved, at
 * the monolith: a quarantined one has no other way out. Resumable, harmless to repeat, moves no ownership.
 */
export function fillOwned(
  addresses: Addresses,
  capability: string,
  options: {
    readonly signal: AbortSignal;
    readonly rowsPerSecond?: number;
    readonly onProgress: (progress: FillProgress) => void;
  },
): Promise<Filled> {
  return withBothSides(addresses, capability, async (sides) => {
    let all: Filled = { slotsTotal: 0, filled: 0, passedOver: 0, rows: 0 };
    for (const side of ["extracted", "monolith"] as const) {
      const before = all;
      const copy = sides[side];
      const filled = await fillSlots({
        ...options,
        onProgress: ({ slotsDone, slotsTotal, rows }) =>
          options.onProgress({
            slotsDone: before.filled + before.passedOver + slotsDone,
            slotsTotal: before.slotsTotal + slotsTotal,
            rows: before.rows + rows,
          }),
        owner: sides[peerOf(side)],
        copy,
        act: { token: await currentToken(copy.pool), sleep },
      });
      all = {
        slotsTotal: before.slotsTotal + filled.slotsTotal,
        filled: before.filled + filled.filled,
        passedOver: before.passedOver + filled.passedOver,
        rows: before.rows + filled.rows,
      };
    }
    return all;
  });
}

/** Lets a slot take events again after an alarm (BYN-DATA-026); answers the sides at which there was one. */
export function dismissOwned(
  addresses: Addresses,
  capability: string,
  slot: number,
): Promise<readonly Side[]> {
  return withBothSides(addresses, capability, async (sides) => {
    const had = await Promise.all(SIDES.map((side) => dismissAlarm(sides[side].pool, capability, slot)));
    return SIDES.filter((_side, i) => had[i]);
  });
}

export type SlotRows = Readonly<Record<Side, readonly SlotRow[] | undefined>>;

/** Both sides' slot rows; a side out of reach has none. */
export function slotRowsOf(addresses: Addresses, capability: string): Promise<SlotRows> {
  return withBothSides(addresses, capability, (sides) => slotRowsIn(sides, capability));
}

/** The same over databases that are open. */
export async function slotRowsIn(sides: BothSides, capability: string): Promise<SlotRows> {
  const read = (side: Side) => readSlots(sides[side].pool, capability).catch(() => undefined);
  const [monolith, extracted] = await Promise.all([read("monolith"), read("extracted")]);
  return { monolith, extracted };
}
