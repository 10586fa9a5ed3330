import { randomBytes } from "node:crypto";
import { INVENTORY, type InventoryChange } from "@banyan/contracts/events/inventory.ts";
import { peerOf, SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { migrateInventory } from "@banyan/inventory/open-inventory.ts";
import { stockRows as extractedRows } from "@banyan/inventory/stock/stock-rows.ts";
import { stockRows as monolithRows } from "@banyan/monolith/inventory/stock-rows.ts";
import { migrateMonolith } from "@banyan/monolith/migrate-monolith.ts";
import type { OwnedCapability } from "@banyan/platform/handover/capability.ts";
import { drain } from "@banyan/platform/handover/inbox/deliver.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import type { CanonicalRow } from "@banyan/platform/log/capability.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { createPool, inTransaction } from "@banyan/platform/postgres/pool.ts";
import { inventoryCapability } from "@banyan/shop/inventory/inventory-capability.ts";
import type { StockRows } from "@banyan/shop/inventory/stock-rows.ts";

type Pool = ReturnType<typeof createPool>;

/** One side's database and its tables' port. */
export interface InventorySide {
  readonly pool: Pool;
  readonly rows: StockRows;
  readonly capability: OwnedCapability<InventoryChange>;
}

export interface TwoSides {
  readonly sides: Readonly<Record<Side, InventorySide>>;
  /** Empties both sides; then this one owns every slot, and the other one's copies follow. */
  reset(owner: Side): Promise<void>;
  /** Applies to that side's copy of the slot what the other's outbox has. */
  follow(copy: Side, slot: number): Promise<void>;
  close(): Promise<void>;
}

const ROWS: Readonly<Record<Side, StockRows>> = { monolith: monolithRows, extracted: extractedRows };

/** Two databases of the two sides' real migrations, with nothing in them. */
export async function openTwoSides(adminUrl: string): Promise<TwoSides> {
  const log = createLog("tests", "silent");
  const admin = createPool(adminUrl, { max: 1, name: "tests" }, log);
  const suffix = randomBytes(5).toString("hex");
  const open = async (side: Side): Promise<InventorySide> => {
    const name = `inventory_${side}_${suffix}`;
    await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
    const url = new URL(adminUrl);
    url.pathname = `/${name}`;
    const pool = createPool(url.href, { max: 10, name: "tests" }, log);
    if (side === "extracted") await migrateInventory(pool);
    else {
      await migrateMonolith(pool);
      await pool.query("SELECT handover.open('inventory', true)");
    }
    return { pool, rows: ROWS[side], capability: inventoryCapability(ROWS[side]) };
  };
  const sides = { monolith: await open("monolith"), extracted: await open("extracted") };
  return {
    sides,
    reset: async (owner) => {
      for (const side of SIDES) {
        await sides[side].pool.query(
          "TRUNCATE stock, reservation, handover.outbox, handover.past_epoch, handover.foreign_tail",
        );
        await sides[side].pool.query(
          `UPDATE handover.slot SET owner = $2, epoch = 1, seq = 0, state = 'following'
           WHERE capability = $1`,
          [INVENTORY, side === owner],
        );
      }
    },
    follow: async (copy, slot) => {
      const { pool: own, capability } = sides[copy];
      const peer = peerOutbox(sides[peerOf(copy)].pool);
      await drain({ capability, own, peer, batch: 50 }, slot);
    },
    close: async () => {
      for (const side of SIDES) {
        await sides[side].pool.end();
        await admin.query(`DROP DATABASE inventory_${side}_${suffix} WITH (FORCE)`);
      }
      await admin.end();
    },
  };
}

/** The slot's rows in the canonical projection. */
export function projectionOf({ pool, rows }: InventorySide, slot: number): Promise<readonly CanonicalRow[]> {
  return inTransaction(pool, (client) => rows.projection.rows(client, slot));
}

/** A valid SKU, different for each number. */
export function skuNumber(n: number): string {
  return `0190a000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
}
