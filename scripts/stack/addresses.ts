import { addressOf } from "../parts/postgres-databases.ts";
import type { Environment } from "../parts/tool.ts";
import type { Install } from "./install.ts";
import type { Ports } from "./layout.ts";

/** Where everything of the stack answers. The database addresses hold passwords: never print them. */
export interface Addresses {
  readonly proxy: string;
  readonly admin: string;
  readonly monolith: string;
  readonly catalog: string;
  readonly catalogWorker: string;
  readonly cards: string;
  readonly smtp: string;
  readonly mails: string;
  readonly orders: string;
  readonly inventory: string;
  readonly controller: string;
  /** Its address for people too. */
  readonly unleash: string;
  /** `host:port`, as clients of Kafka take them. */
  readonly kafka: string;
  readonly databases: {
    readonly admin: string;
    readonly shop: string;
    /** The shop's database as the feed role, which reads the schema `feed` and nothing else. */
    readonly feed: string;
    readonly catalog: string;
    readonly unleash: string;
    readonly cards: string;
    readonly orders: string;
    readonly inventory: string;
    readonly controller: string;
    /** Whose handover a side follows, as the role that reads the schema `handover_feed` and nothing else. */
    readonly peers: {
      readonly shopForOrders: string;
      readonly shopForInventory: string;
      readonly ordersForMonolith: string;
      readonly inventoryForMonolith: string;
    };
  };
}

/** One database and one owning role for each side that owns data. */
export const DATABASES = {
  shop: { name: "shop", owner: "monolith" },
  catalog: { name: "catalog", owner: "catalog" },
  unleash: { name: "unleash", owner: "unleash" },
  cards: { name: "cards", owner: "cards" },
  orders: { name: "orders", owner: "orders" },
  inventory: { name: "inventory", owner: "inventory" },
  controller: { name: "controller", owner: "controller" },
} as const;

export const FEED_ROLE = "catalog_feed";

/** Who reads a peer's `handover_feed`, by the one who does. */
export const HANDOVER_ROLES = {
  monolith: "monolith_feed",
  orders: "orders_feed",
  inventory: "inventory_feed",
} as const;

/** `DATABASE_URL`, `UNLEASH_URL` and `KAFKA_BROKERS` point at parts that somebody else runs; else they are ours, on our ports. */
export function addressesOf(ports: Ports, install: Install, environment: Environment): Addresses {
  const local = (port: number) => `http://127.0.0.1:${port}`;
  const admin =
    environment.DATABASE_URL ??
    `postgres://postgres:${encodeURIComponent(install.postgresPassword)}@127.0.0.1:${ports.postgres}/postgres`;
  const passwords = install.databasePasswords;
  const database = (name: string, user: string, password: string) =>
    addressOf(admin, { database: name, user, password });
  return {
    proxy: local(ports.proxy),
    admin: local(ports.admin),
    monolith: local(ports.monolith),
    catalog: local(ports.catalog),
    catalogWorker: local(ports.catalogWorker),
    cards: local(ports.cards),
    smtp: `smtp://127.0.0.1:${ports.smtp}`,
    mails: local(ports.mails),
    orders: local(ports.orders),
    inventory: local(ports.inventory),
    controller: local(ports.controller),
    unleash: environment.UNLEASH_URL ?? local(ports.unleash),
    kafka: environment.KAFKA_BROKERS ?? `127.0.0.1:${ports.kafka}`,
    databases: {
      admin,
      shop: database(DATABASES.shop.name, DATABASES.shop.owner, passwords.monolith),
      feed: database(DATABASES.shop.name, FEED_ROLE, passwords.feed),
      catalog: database(DATABASES.catalog.name, DATABASES.catalog.owner, passwords.catalog),
      unleash: database(DATABASES.unleash.name, DATABASES.unleash.owner, passwords.unleash),
      cards: database(DATABASES.cards.name, DATABASES.cards.owner, passwords.cards),
      orders: database(DATABASES.orders.name, DATABASES.orders.owner, passwords.orders),
      inventory: database(DATABASES.inventory.name, DATABASES.inventory.owner, passwords.inventory),
      controller: database(DATABASES.controller.name, DATABASES.controller.owner, passwords.controller),
      peers: {
        shopForOrders: database(DATABASES.shop.name, HANDOVER_ROLES.orders, passwords.ordersFeed),
        shopForInventory: database(DATABASES.shop.name, HANDOVER_ROLES.inventory, passwords.inventoryFeed),
        ordersForMonolith: database(DATABASES.orders.name, HANDOVER_ROLES.monolith, passwords.monolithFeed),
        inventoryForMonolith: database(
          DATABASES.inventory.name,
          HANDOVER_ROLES.monolith,
          passwords.monolithFeed,
        ),
      },
    },
  };
}
