import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { INVENTORY } from "@banyan/contracts/events/inventory.ts";
import { peerOf, type Side } from "@banyan/contracts/http/headers.ts";
import { ALL_SLOTS } from "@banyan/contracts/slot.ts";
import { createInventoryApp } from "@banyan/inventory/app.ts";
import { httpProductNames } from "@banyan/inventory/catalog/product-names.ts";
import { migrateInventory } from "@banyan/inventory/open-inventory.ts";
import { stockRows as extractedRows } from "@banyan/inventory/stock/stock-rows.ts";
import { stockRows as monolithRows } from "@banyan/monolith/inventory/stock-rows.ts";
import { openShop, SERVICE_TOKEN } from "@banyan/monolith/shop.fixture.ts";
import { handOver } from "@banyan/platform/handover/act/hand-over.ts";
import { fillSlots } from "@banyan/platform/handover/fill/fill-slots.ts";
import { drain } from "@banyan/platform/handover/inbox/deliver.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { createDatabase, dropDatabase } from "@banyan/scripts/parts/postgres-databases.ts";
import { inventoryCapability } from "@banyan/shop/inventory/inventory-capability.ts";
import { stockSlot } from "@banyan/shop/inventory/slot.ts";
import { createStockStore } from "@banyan/shop/inventory/stock-store.ts";
import { publishedSessions } from "@banyan/shop/sessions/published-sessions.ts";
import type { ShopSide } from "./shop-sides.ts";

/** A side that owns all stock, with the other one's process running beside it. */
export interface StockSide extends ShopSide {
  readonly stock: string;
  /** Sent with requests of the shop's own services. */
  readonly service: Readonly<Record<string, string>>;
  /** Hands the SKU's slot over to the other side. */
  moveAway(sku: string): Promise<void>;
}

export const STOCK_SIDES: readonly { readonly name: string; open(adminUrl: string): Promise<StockSide> }[] = [
  { name: "guarded monolith", open: (adminUrl) => openStock(adminUrl, "monolith") },
  { name: "extracted", open: (adminUrl) => openStock(adminUrl, "extracted") },
];

const act = { token: 1, sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };
const log = createLog("parity", "silent");

/** The whole shop and the extracted inventory, each on its own database; `owner` has every slot. */
async function openStock(adminUrl: string, owner: Side): Promise<StockSide> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  try {
    const shop = await openShop(adminUrl, { guardedStock: true });
    stops.push(() => shop.stop());
    const name = `parity_inventory_${randomBytes(6).toString("hex")}`;
    const url = await createDatabase(adminUrl, {
      name,
      owner: name,
      password: randomBytes(12).toString("hex"),
    });
    stops.push(() => dropDatabase(adminUrl, { name, owner: name }));
    const pool = createPool(url, { max: 5, name }, log);
    stops.push(() => pool.end());
    await migrateInventory(pool);

    const server = createServer(
      createInventoryApp({
        pool,
        log,
        store: createStockStore(pool, extractedRows, Date.now),
        names: httpProductNames(
          { name: "the catalog", base: () => shop.url, token: SERVICE_TOKEN, deadlineMs: 5_000 },
          Date.now,
        ),
        sessions: publishedSessions({ url: `${shop.url}/.well-known/jwks.json`, log, now: Date.now }),
        serviceToken: SERVICE_TOKEN,
        trustedProxies: ["loopback"],
      }),
    );
    const extracted = `http://127.0.0.1:${await listen(server, 0)}`;
    stops.push(() => close(server, 100));

    const sides = {
      monolith: { pool: shop.pool, capability: inventoryCapability(monolithRows) },
      extracted: { pool, capability: inventoryCapability(extractedRows) },
    };
    const move = async (slot: number, to: Side): Promise<void> => {
      const { pool: from } = sides[peerOf(to)];
      const { pool: own, capability } = sides[to];
      const inbox = { capability, own, peer: peerOutbox(from), batch: 100 };
      await drain(inbox, slot);
      await handOver({ capability: INVENTORY, slot, from, to: own }, act, 0);
      await drain(inbox, slot);
    };
    await fillSlots({ owner: sides.monolith, copy: sides.extracted, act });
    if (owner === "extracted") for (let slot = 1; slot <= ALL_SLOTS; slot++) await move(slot, "extracted");
    return {
      origin: shop.url,
      stock: { monolith: shop.url, extracted }[owner],
      admin: shop.admin,
      service: { "x-service-token": SERVICE_TOKEN },
      moveAway: (sku) => move(stockSlot(sku), peerOf(owner)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
