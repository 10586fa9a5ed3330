import { randomUUID } from "node:crypto";
import { BOUNDS } from "@banyan/controller/decide/plan-moves.ts";
import { type Controlled, controlled } from "@banyan/controller/reconcile/controlled.ts";
import { type Controller, startController } from "@banyan/controller/reconcile/controller.ts";
import { CONTROLLER_TABLES } from "@banyan/controller/tables.ts";
import { createTestDatabase, type TestDatabase } from "@banyan/orders/orders-database.fixture.ts";
import { readSlots } from "@banyan/platform/handover/slot/slot-row.ts";
import { until } from "@banyan/platform/log/sample.ts";
import { act, type Both, log, type WholeShop } from "./whole-shop.ts";

/** How many slots of each the extracted sides should own; a test moves it as a person moves flags. */
export type Intent = Record<"orders" | "inventory", number>;

export interface ControlOptions {
  /** Controllers of one database share a lease. */
  readonly own: TestDatabase;
  readonly intent: Intent;
  readonly leaseMs?: number;
  /** Stands between the controller and what it controls. */
  readonly around?: (kept: Controlled) => Controlled;
}

/** A controller's own database, which ends with the shop. */
export async function controllerDatabase(adminUrl: string, shop: WholeShop): Promise<TestDatabase> {
  const own = await createTestDatabase(adminUrl, "controller_test", [CONTROLLER_TABLES]);
  shop.atEnd(() => own.remove());
  return own;
}

/** A controller of orders and stock, as it runs everywhere but for looking more often. */
export function startControl(shop: WholeShop, options: ControlOptions): Controller {
  const { own, intent, leaseMs = 10_000, around = (kept) => kept } = options;
  return startController({
    own: own.pool,
    holder: randomUUID(),
    capabilities: [controlled(shop.orders), controlled(shop.stock)].map(around),
    intent: {
      shareOf: (name) => ({ known: true, slots: name === "orders" ? intent.orders : intent.inventory }),
    },
    bounds: BOUNDS,
    log,
    random: Math.random,
    now: () => performance.now(),
    sleep: act.sleep,
    pollMs: 100,
    leaseMs,
  });
}

/** Waits until the extracted side owns slots 1…`slots` and the monolith all others. */
export async function owned<Change>(both: Both<Change>, slots: number): Promise<void> {
  const { monolith, extracted } = both;
  const { name } = monolith.capability;
  await until(`the extracted side owns ${slots} slots of ${name}`, async () => {
    const here = await readSlots(monolith.pool, name);
    const there = await readSlots(extracted.pool, name);
    return (
      here.every(({ slot, owner }) => owner === slot > slots) &&
      there.every(({ slot, owner }) => owner === slot <= slots)
    );
  });
}

/** Waits until every slot has one owner and a copy that follows it, at one epoch and one `seq`. */
export async function level<Change>(both: Both<Change>): Promise<void> {
  const { monolith, extracted } = both;
  const { name } = monolith.capability;
  await until(`all slots of ${name} are level`, async () => {
    const here = await readSlots(monolith.pool, name);
    const there = new Map((await readSlots(extracted.pool, name)).map((row) => [row.slot, row]));
    return here.every((row) => {
      const copy = there.get(row.slot);
      const same = copy?.epoch === row.epoch && copy.seq === row.seq && copy.owner !== row.owner;
      return same && copy.state === "following" && row.state === "following";
    });
  });
}
