import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { giveAway, planHandover } from "@banyan/platform/handover/act/hand-over.ts";
import { drain } from "@banyan/platform/handover/inbox/deliver.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import { HANDOVER_TABLES } from "@banyan/platform/handover/tables.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { ordersCapability } from "@banyan/shop/orders/orders-capability.ts";
import type { Pool } from "pg";
import { orderRows } from "./orders/order-rows.ts";

export const silent = createLog("test", "silent");
export const orders = ordersCapability(orderRows);
export const act = {
  token: 1,
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};

export interface TestDatabase {
  readonly url: string;
  readonly pool: Pool;
  remove(): Promise<void>;
}

/** A database with the orders' tables and nothing in them, which owns every slot or none. */
export async function createOrdersDatabase(adminUrl: string, owner: boolean): Promise<TestDatabase> {
  const database = await createTestDatabase(adminUrl, "orders_test", [
    HANDOVER_TABLES,
    join(import.meta.dirname, "migrations"),
  ]);
  if (owner) await database.pool.query("UPDATE handover.slot SET owner = true, state = 'following'");
  return database;
}

export async function createTestDatabase(
  adminUrl: string,
  prefix: string,
  migrations: readonly string[],
): Promise<TestDatabase> {
  const admin = createPool(adminUrl, { max: 1, name: "test-admin" }, silent);
  const name = `${prefix}_${randomBytes(6).toString("hex")}`;
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const address = new URL(adminUrl);
  address.pathname = `/${name}`;
  const pool = createPool(address.href, { max: 10, name: "test" }, silent);
  for (const folder of migrations) await migrate(pool, folder);
  return {
    url: address.href,
    pool,
    remove: async () => {
      await pool.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

/** This side's database, which owns nothing yet but follows, and one that stands in for the monolith's. */
export interface TestPair {
  readonly databases: Readonly<Record<Side, TestDatabase>>;
  /** Brings the copy of the slot up to its owner, and then over to it. */
  move(slot: number, to: Side): Promise<void>;
  /** Applies at `at` what its peer has written to the slot. */
  catchUp(slot: number, at: Side): Promise<void>;
  /** As it was made: no orders, no events, all slots the stand-in's. */
  clear(): Promise<void>;
  remove(): Promise<void>;
}

// The copies follow at once, as after a back-fill of nothing: one of 102 slots takes seconds.
const clearing = (owner: boolean) => `
  DELETE FROM shop_order;
  DELETE FROM handover.outbox;
  DELETE FROM handover.key;
  DELETE FROM handover.past_epoch;
  UPDATE handover.sent SET seq = 0;
  UPDATE handover.slot SET owner = ${owner}, state = 'following', epoch = 1, seq = 0;`;

/**
 * The stand-in has the same tables: what moves are events and canonical rows, whatever they are kept in. Its numbers are
 * odd, as the monolith's.
 */
export async function createPair(adminUrl: string): Promise<TestPair> {
  const monolith = await createOrdersDatabase(adminUrl, true);
  await monolith.pool.query("ALTER SEQUENCE order_number MINVALUE 1 RESTART 1");
  const extracted = await createOrdersDatabase(adminUrl, false);
  const pools: Readonly<Record<Side, Pool>> = { monolith: monolith.pool, extracted: extracted.pool };
  const clear = async () => {
    for (const side of SIDES) await pools[side].query(clearing(side === "monolith"));
  };
  await clear();
  const catchUp = async (slot: number, at: Side) => {
    const peer = peerOutbox(pools[at === "monolith" ? "extracted" : "monolith"]);
    await drain({ capability: orders, own: pools[at], peer, batch: 100 }, slot);
  };
  return {
    databases: { monolith, extracted },
    clear,
    catchUp,
    move: async (slot, to) => {
      await catchUp(slot, to);
      const from = pools[to === "monolith" ? "extracted" : "monolith"];
      const between = { capability: orders.name, slot, from, to: pools[to] };
      await giveAway(between, await planHandover(between, 100), act);
      await catchUp(slot, to);
    },
    remove: async () => {
      await Promise.all([monolith.remove(), extracted.remove()]);
    },
  };
}
