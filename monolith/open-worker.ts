import { randomBytes } from "node:crypto";
import type { OwnedCapability } from "@banyan/platform/handover/capability.ts";
import type { EventLog } from "@banyan/platform/handover/event-log/event-log.ts";
import { LogSettings } from "@banyan/platform/handover/event-log/open-log.ts";
import { followPeer } from "@banyan/platform/handover/follow-peer.ts";
import type { WorkerCounts } from "@banyan/platform/handover/worker-counts.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { startResuming } from "@banyan/shop/checkout/resuming.ts";
import { httpCardProcessor } from "@banyan/shop/clients/http-card-processor.ts";
import { startExpiring } from "@banyan/shop/inventory/expiring.ts";
import { inventoryCapability } from "@banyan/shop/inventory/inventory-capability.ts";
import { createStockStore } from "@banyan/shop/inventory/stock-store.ts";
import { ordersCapability } from "@banyan/shop/orders/orders-capability.ts";
import type { Pool } from "pg";
import { z } from "zod";
import { uuidV7 } from "./adapters/identifier.ts";
import { stockRows } from "./inventory/stock-rows.ts";
import { migrateMonolith } from "./migrate-monolith.ts";
import { smtpMailer } from "./notifications/mailer.ts";
import { startSender } from "./notifications/sender.ts";
import { MonolithSettings, ServiceToken } from "./open-monolith.ts";
import { mustBeOpened } from "./orders/checkout-mode.ts";
import { orderRows } from "./orders/order-rows.ts";
import { sagaGround } from "./orders/saga-ground.ts";
import { takenHere } from "./orders/taken-here.ts";

/** What the shop's worker reads from its environment, besides where its health is asked for. */
export const WorkerSettings = LogSettings.extend({
  DATABASE_URL: z.url(),
  /** The extracted orders' database as the feed role. */
  ORDERS_PEER_URL: z.url(),
  /** The extracted inventory's database as the feed role. */
  INVENTORY_PEER_URL: z.url(),
  SMTP_URL: MonolithSettings.shape.SMTP_URL,
  /** Where stock is reserved: the proxy. */
  SHOP_URL: z.url({ protocol: /^https?$/ }),
  CARD_PROCESSOR_URL: MonolithSettings.shape.CARD_PROCESSOR_URL,
  SERVICE_TOKEN: ServiceToken,
});

const POOL_CONNECTIONS = 8;
const IDLE_IN_TRANSACTION_MS = 60_000;
/** Outbox rows stay so long after both sides have them: for people who look. */
const RETAIN_MS = 10 * 60_000;

export interface OpenWorker {
  readonly pool: Pool;
  /** The logs that it stands on. */
  readonly logs: readonly EventLog[];
  /** What it did, by capability. */
  readonly counts: ReadonlyMap<string, WorkerCounts>;
  /** Finishes what is in hand. */
  close(): Promise<void>;
}

/**
 * The shop's second process, once orders and stock have owners: for each the relay and the inbox; what resumes unfinished
 * sagas, gives expired reservations back, and sends the mails that are due. Nothing is left open when it throws.
 * @throws BYN-DATA-001; BYN-SHOP-033: the shop has not opened them yet
 */
export async function openWorker(settings: z.output<typeof WorkerSettings>, log: Log): Promise<OpenWorker> {
  const logs: EventLog[] = [];
  const counts = new Map<string, WorkerCounts>();
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  const pool = createPool(
    settings.DATABASE_URL,
    { max: POOL_CONNECTIONS, name: "monolith worker", idleInTransactionMs: IDLE_IN_TRANSACTION_MS },
    log,
  );
  opened.push(() => pool.end());

  const follow = async <Change>(capability: OwnedCapability<Change>, peerUrl: string): Promise<void> => {
    const following = await followPeer({
      capability,
      side: "monolith",
      own: pool,
      ownUrl: settings.DATABASE_URL,
      peerUrl,
      settings,
      retainMs: RETAIN_MS,
      name: `monolith ${capability.name}`,
      log,
    });
    opened.push(following.stop);
    logs.push(following.events);
    counts.set(capability.name, following.counts);
  };

  try {
    await migrateMonolith(pool);
    await mustBeOpened(pool);
    await follow(ordersCapability(orderRows), settings.ORDERS_PEER_URL);
    await follow(inventoryCapability(stockRows), settings.INVENTORY_PEER_URL);
    const expiring = startExpiring(createStockStore(pool, stockRows, Date.now), log);
    opened.push(() => expiring.stop());
    const mailer = smtpMailer(settings.SMTP_URL);
    opened.push(async () => mailer.close());
    const sender = startSender({
      pool,
      mailer,
      orderOf: (id) => orderRows.find(pool, id),
      log,
      now: Date.now,
    });
    opened.push(() => sender.stop());
    const resuming = startResuming(
      sagaGround({
        pool,
        cards: httpCardProcessor(settings.CARD_PROCESSOR_URL),
        log,
        now: Date.now,
        newId: () => uuidV7(Date.now(), randomBytes(10)),
        serviceToken: settings.SERVICE_TOKEN,
        shop: () => settings.SHOP_URL,
      }),
      takenHere,
    );
    opened.push(() => resuming.stop());
    return { pool, logs, counts, close };
  } catch (error) {
    await close();
    throw error;
  }
}
