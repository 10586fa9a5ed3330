import { ORDERS } from "@banyan/contracts/events/orders.ts";
import { handOver } from "@banyan/platform/handover/act/hand-over.ts";
import { fillSlots } from "@banyan/platform/handover/fill/fill-slots.ts";
import { drain } from "@banyan/platform/handover/inbox/deliver.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import type { SagaGround } from "@banyan/shop/checkout/checkout.ts";
import { createOrderStore } from "@banyan/shop/orders/order-store.ts";
import { ordersCapability } from "@banyan/shop/orders/orders-capability.ts";
import type { Pool } from "pg";
import { createShopDatabase } from "../shop.fixture.ts";
import { orderRows } from "./order-rows.ts";

/**
 * The other side of the orders: a database with the monolith's tables, for the handover is the same whatever tables stand
 * under the port. Its copy is full.
 */
export interface OtherSide {
  readonly url: string;
  readonly pool: Pool;
  /** The monolith's partners over this side's orders. */
  ground(here: SagaGround): SagaGround;
  /** Hands the slot over, with all that was written before. */
  take(slot: number): Promise<void>;
  giveBack(slot: number): Promise<void>;
  /** Lets the monolith's copy of the slot catch up. */
  tell(slot: number): Promise<void>;
  remove(): Promise<void>;
}

const capability = ordersCapability(orderRows);
export const act = {
  token: 1,
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};

export async function openOtherSide(adminUrl: string, monolith: Pool): Promise<OtherSide> {
  const { url, pool, remove } = await createShopDatabase(adminUrl);
  await pool.query("SELECT handover.open($1, false)", [ORDERS]);
  await fillSlots({ owner: { pool: monolith, capability }, copy: { pool, capability }, act });
  const catchUp = (own: Pool, from: Pool, slot: number) =>
    drain({ capability, own, peer: peerOutbox(from), batch: 100 }, slot);
  const move = async (from: Pool, to: Pool, slot: number): Promise<void> => {
    await catchUp(to, from, slot);
    await handOver({ capability: ORDERS, slot, from, to }, act, 100);
    await catchUp(to, from, slot);
  };
  return {
    url,
    pool,
    ground: (here) => ({ ...here, store: createOrderStore(pool, orderRows) }),
    take: (slot) => move(monolith, pool, slot),
    giveBack: (slot) => move(pool, monolith, slot),
    tell: async (slot) => {
      await catchUp(monolith, pool, slot);
    },
    remove,
  };
}
