import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InventoryChange } from "@banyan/contracts/events/inventory.ts";
import type { OrderChange } from "@banyan/contracts/events/orders.ts";
import { peerOf, SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { createInventoryApp } from "@banyan/inventory/app.ts";
import { httpProductNames } from "@banyan/inventory/catalog/product-names.ts";
import { createInventoryDatabase } from "@banyan/inventory/inventory-database.fixture.ts";
import { openInventory } from "@banyan/inventory/open-inventory.ts";
import { stockRows as extractedStock } from "@banyan/inventory/stock/stock-rows.ts";
import { startSync as startInventorySync } from "@banyan/inventory/sync/sync.ts";
import { createMonolithApp } from "@banyan/monolith/app.ts";
import { createSessions } from "@banyan/monolith/customers/session.ts";
import { stockRows as monolithStock } from "@banyan/monolith/inventory/stock-rows.ts";
import { openMonolith } from "@banyan/monolith/open-monolith.ts";
import { openWorker } from "@banyan/monolith/open-worker.ts";
import { orderRows as monolithOrders } from "@banyan/monolith/orders/order-rows.ts";
import { LAST_DRAWN_DAY } from "@banyan/monolith/seed/calendar.ts";
import { fill } from "@banyan/monolith/seed/fill.ts";
import { createShopDatabase, newSessionKey } from "@banyan/monolith/shop.fixture.ts";
import { createOrdersApp } from "@banyan/orders/app.ts";
import { openOrders } from "@banyan/orders/open-orders.ts";
import { orderRows as extractedOrders } from "@banyan/orders/orders/order-rows.ts";
import { type Cards, openCards } from "@banyan/orders/orders.fixture.ts";
import { createOrdersDatabase } from "@banyan/orders/orders-database.fixture.ts";
import { startSync as startOrdersSync } from "@banyan/orders/sync/sync.ts";
import { giveAway, planHandover, type SlotBetween } from "@banyan/platform/handover/act/hand-over.ts";
import type { OwnedCapability } from "@banyan/platform/handover/capability.ts";
import { fillSlots } from "@banyan/platform/handover/fill/fill-slots.ts";
import { drain } from "@banyan/platform/handover/inbox/deliver.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import type { createPool } from "@banyan/platform/postgres/pool.ts";
import type { SagaGround } from "@banyan/shop/checkout/checkout.ts";
import { resumeSagas } from "@banyan/shop/checkout/resume.ts";
import { httpCardProcessor } from "@banyan/shop/clients/http-card-processor.ts";
import { httpCarts } from "@banyan/shop/clients/http-carts.ts";
import { httpInventory } from "@banyan/shop/clients/http-inventory.ts";
import { inventoryCapability } from "@banyan/shop/inventory/inventory-capability.ts";
import { ordersCapability } from "@banyan/shop/orders/orders-capability.ts";
import { publishedSessions } from "@banyan/shop/sessions/published-sessions.ts";
import { openProxy, proxyFile } from "./proxies.ts";
import { openTap, type Tap } from "./tap.ts";

type Pool = ReturnType<typeof createPool>;

/** Both sides of one capability, as a controller sees them. */
export type Both<Change> = Readonly<
  Record<Side, { readonly pool: Pool; readonly capability: OwnedCapability<Change> }>
>;

/** What runs at a side beside its web process. */
export type WorkerName = "monolith" | "orders" | "inventory";

/** Environments of the processes, for a test that starts one of its own, to kill it. */
export interface Environments {
  readonly monolith: Readonly<Record<string, string>>;
  readonly orders: Readonly<Record<string, string>>;
}

export interface WholeShop {
  readonly orders: Both<OrderChange>;
  readonly stock: Both<InventoryChange>;
  readonly cards: Cards;
  /** On the wire before each of them. */
  readonly taps: Readonly<Record<WorkerName | "cards", Tap>>;
  /** Where customers ask. The one believes at first that all is the monolith's, the other that nothing is. */
  readonly proxies: readonly [string, string];
  readonly sessions: Awaited<ReturnType<typeof createSessions>>;
  /** Of orders, in which a test has somebody. */
  readonly takenSlots: Set<number>;
  readonly environments: Environments;
  /** For files of a test's own. */
  readonly folder: string;
  /** One look of a worker of orders for what is unfinished, however young it is; answers how many it finished. */
  resume(side: Side): Promise<number>;
  /** Starts one; answers how to end it. What still runs ends with the shop. */
  work(name: WorkerName): Promise<() => Promise<void>>;
  /** Called at the end, the last first. */
  atEnd(end: () => Promise<unknown>): void;
  stop(): Promise<void>;
}

export const log = createLog("tests", "silent");
export const act = {
  token: 1,
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};

const SERVICE_TOKEN = "service-token-of-the-tests";
/** Nobody listens there: mails stay due, which is nothing to these tests. */
const NO_MAIL = "smtp://127.0.0.1:9";

export interface WholeShopOptions {
  /** How long a request waits for its partners, ms, for tests that hold them back; as in the shop when left out. */
  readonly partnerMs?: number;
}

/**
 * The whole shop on real databases: both sides of orders and of stock with all of their copies filled, the monolith owning
 * every slot; the card processor; two proxies. No worker runs until it is asked for.
 */
export async function openWholeShop(adminUrl: string, options: WholeShopOptions = {}): Promise<WholeShop> {
  const ends: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return await opened(adminUrl, options, ends, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function opened(
  adminUrl: string,
  { partnerMs }: WholeShopOptions,
  ends: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
): Promise<WholeShop> {
  const kept = async <T>(making: Promise<T>, end: (made: T) => Promise<unknown>): Promise<T> => {
    const made = await making;
    ends.push(() => end(made));
    return made;
  };
  const removed = (made: { remove(): Promise<void> }) => made.remove();
  const shopDatabase = await kept(createShopDatabase(adminUrl), removed);
  await fill(shopDatabase.pool, { seed: 1, products: 60, customers: 3, orders: 0 }, LAST_DRAWN_DAY);
  const ordersDatabase = await kept(createOrdersDatabase(adminUrl, false), removed);
  const inventoryDatabase = await kept(createInventoryDatabase(adminUrl), removed);
  const cards = await kept(openCards(adminUrl), (made) => made.stop());
  const folder = await kept(mkdtemp(join(tmpdir(), "banyan-whole-shop-")), (made) =>
    rm(made, { recursive: true }),
  );
  const tap = () => kept(openTap(), (made) => made.stop());
  const taps = { monolith: await tap(), orders: await tap(), inventory: await tap(), cards: await tap() };
  taps.cards.to(cards.url);

  const upstreams = { monolith: taps.monolith.url, orders: taps.orders.url, inventory: taps.inventory.url };
  const proxy = async (percentage: number): Promise<string> => {
    const opening = openProxy(proxyFile({ ...upstreams, jwks: taps.monolith.url }, percentage));
    return (await kept(opening, (made) => made.stop())).url;
  };
  const proxies = [await proxy(0), await proxy(100)] as const;
  const storefront = join(folder, "storefront-base");
  await writeFile(storefront, proxies[0]);

  const sessionKey = newSessionKey();
  const sessions = await createSessions(sessionKey, Date.now);
  const jwks = `${taps.monolith.url}/.well-known/jwks.json`;
  const common = { SERVICE_TOKEN, CARD_PROCESSOR_URL: taps.cards.url };
  const monolithSettings = {
    ...common,
    DATABASE_URL: shopDatabase.url,
    SESSION_KEY: sessionKey,
    SMTP_URL: NO_MAIL,
    STOREFRONT_FILE: storefront,
    CHECKOUT: "saga",
  } as const;
  const ordersSettings = { ...common, DATABASE_URL: ordersDatabase.url, SHOP_URL: proxies[0] };

  const serve = async (app: RequestListener, behind: Tap) => {
    const server = createServer(app);
    behind.to(`http://127.0.0.1:${await listen(server, 0)}`);
    ends.push(() => close(server, 1_000));
  };
  const monolith = await kept(openMonolith({ ...monolithSettings, TRUST_PROXY: ["loopback"] }, log), (made) =>
    made.close(),
  );
  const patient = (ground: SagaGround, cartsAreRemote: boolean): SagaGround => {
    if (partnerMs === undefined) return ground;
    const service = { base: () => proxies[0], token: SERVICE_TOKEN, deadlineMs: partnerMs };
    const partners = {
      cards: httpCardProcessor(taps.cards.url, partnerMs),
      inventory: httpInventory({ ...service, name: "the inventory" }),
      carts: cartsAreRemote ? httpCarts({ ...service, name: "the carts" }) : ground.partners.carts,
    };
    return { ...ground, partners };
  };
  const { saga } = monolith.deps;
  if (saga === undefined) throw new Error("the monolith was not opened with CHECKOUT=saga");
  await serve(createMonolithApp({ ...monolith.deps, saga: patient(saga, false) }), taps.monolith);
  const trustedProxies = ["loopback"];
  const checked = publishedSessions({ url: jwks, log, now: Date.now });
  const orders = await kept(openOrders(ordersSettings, "orders", log), (made) => made.close());
  const ground = patient(orders.ground, true);
  await serve(createOrdersApp({ ...orders, ground, log, sessions: checked, trustedProxies }), taps.orders);
  const inventory = await kept(openInventory(inventoryDatabase.url, "inventory", log), (made) =>
    made.close(),
  );
  const catalog = { name: "the catalog", base: () => proxies[0], token: SERVICE_TOKEN, deadlineMs: 1_000 };
  const inventoryApp = createInventoryApp({
    ...inventory,
    log,
    names: httpProductNames(catalog, Date.now),
    sessions: checked,
    serviceToken: SERVICE_TOKEN,
    trustedProxies,
  });
  await serve(inventoryApp, taps.inventory);

  const bothOrders = {
    monolith: { pool: shopDatabase.pool, capability: ordersCapability(monolithOrders) },
    extracted: { pool: ordersDatabase.pool, capability: ordersCapability(extractedOrders) },
  };
  const bothStock = {
    monolith: { pool: shopDatabase.pool, capability: inventoryCapability(monolithStock) },
    extracted: { pool: inventoryDatabase.pool, capability: inventoryCapability(extractedStock) },
  };
  await fillSlots({ owner: bothOrders.monolith, copy: bothOrders.extracted, act });
  await fillSlots({ owner: bothStock.monolith, copy: bothStock.extracted, act });

  const workers: Record<WorkerName, () => Promise<() => Promise<void>>> = {
    monolith: async () => {
      const { SERVICE_TOKEN, CARD_PROCESSOR_URL, DATABASE_URL, SMTP_URL } = monolithSettings;
      const worker = await openWorker(
        {
          SERVICE_TOKEN,
          CARD_PROCESSOR_URL,
          DATABASE_URL,
          SMTP_URL,
          SHOP_URL: proxies[0],
          ORDERS_PEER_URL: ordersDatabase.url,
          INVENTORY_PEER_URL: inventoryDatabase.url,
        },
        log,
      );
      return () => worker.close();
    },
    orders: async () => {
      const ground = await openOrders(ordersSettings, "orders worker", log);
      const settings = { ...ordersSettings, PEER_DATABASE_URL: shopDatabase.url };
      const sync = await startOrdersSync(settings, ground, log);
      return async () => {
        await sync.stop();
        await ground.close();
      };
    },
    inventory: async () => {
      const ground = await openInventory(inventoryDatabase.url, "inventory worker", log);
      const settings = { DATABASE_URL: inventoryDatabase.url, PEER_DATABASE_URL: shopDatabase.url };
      const sync = await startInventorySync(settings, ground, log);
      return async () => {
        await sync.stop();
        await ground.close();
      };
    },
  };
  return {
    orders: bothOrders,
    stock: bothStock,
    cards,
    taps,
    proxies,
    sessions,
    folder,
    takenSlots: new Set(),
    environments: {
      monolith: { ...monolithSettings, PORT: "0" },
      orders: { ...ordersSettings, JWKS_URL: jwks, PORT: "0" },
    },
    resume: (side) => {
      const ground = side === "monolith" ? saga : orders.ground;
      return resumeSagas(ground, { ownMs: 0, othersMs: 0 }, () => false);
    },
    work: async (name) => {
      const end = await workers[name]();
      let ended: Promise<void> | undefined;
      const once = () => (ended ??= end());
      ends.push(once);
      return once;
    },
    atEnd: (end) => {
      ends.push(end);
    },
    stop,
  };
}

/** The slot's owner, read as a person would: nobody while it is in hand. */
export async function ownerOf<Change>(both: Both<Change>, slot: number): Promise<Side | undefined> {
  const owners: Side[] = [];
  for (const side of SIDES) {
    const { pool, capability } = both[side];
    const { rows } = await pool.query<{ owner: boolean }>(
      "SELECT owner FROM handover.slot WHERE capability = $1 AND slot = $2",
      [capability.name, slot],
    );
    if (rows[0]?.owner === true) owners.push(side);
  }
  if (owners.length > 1) throw new Error(`slot ${slot} has two owners`);
  return owners[0];
}

export function between<Change>(both: Both<Change>, slot: number, to: Side): SlotBetween {
  return {
    capability: both.monolith.capability.name,
    slot,
    from: both[peerOf(to)].pool,
    to: both[to].pool,
  };
}

/** What the peer has written comes to the copy, as a controller's drain brings it. */
export async function catchUp<Change>(both: Both<Change>, slot: number, at: Side): Promise<void> {
  const { pool: own, capability } = both[at];
  await drain({ capability, own, peer: peerOutbox(both[peerOf(at)].pool), batch: 100 }, slot);
}

/** The first half of a handover: from here on nobody owns the slot, until the receiver has applied the marker. */
export async function letGo<Change>(both: Both<Change>, slot: number, to: Side): Promise<void> {
  await catchUp(both, slot, to);
  await giveAway(between(both, slot, to), await planHandover(between(both, slot, to), 100), act);
}

/** A whole handover. Nothing when it is there already. */
export async function move<Change>(both: Both<Change>, slot: number, to: Side): Promise<void> {
  if ((await ownerOf(both, slot)) === to) return;
  await letGo(both, slot, to);
  await catchUp(both, slot, to);
  const owner = await ownerOf(both, slot);
  if (owner !== to) throw new Error(`slot ${slot} did not arrive`);
}

/** Valid, but of nobody else. */
export function newKey(): string {
  return `${randomUUID()}-${randomBytes(4).toString("hex")}`;
}
