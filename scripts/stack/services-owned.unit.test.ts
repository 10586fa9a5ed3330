import { expect, it } from "vitest";
import { addressesOf } from "./addresses.ts";
import type { Install } from "./install.ts";
import { placesOf, portsOf } from "./layout.ts";
import { monolithProcess, type ServiceContext } from "./services.ts";
import {
  controllerProcess,
  inventoryProcess,
  inventoryWorkerProcess,
  monolithWorkerProcess,
  ordersProcess,
  ordersWorkerProcess,
} from "./services-owned.ts";

const names = [
  "monolith",
  "catalog",
  "feed",
  "unleash",
  "cards",
  "orders",
  "inventory",
  "controller",
] as const;
const feeds = ["monolithFeed", "ordersFeed", "inventoryFeed"] as const;
const install = {
  postgresPassword: "pw-admin",
  databasePasswords: Object.fromEntries([...names, ...feeds].map((name) => [name, `pw-${name}`])),
  sessionKey: {},
  serviceToken: "service-token",
  unleash: { backendToken: "backend" },
} as unknown as Install;

function contextOf(more: Partial<ServiceContext> = {}): ServiceContext {
  const ports = portsOf(21_000);
  const environment = {};
  const addresses = addressesOf(ports, install, more.environment ?? environment);
  const places = placesOf("/nowhere", environment);
  const parts = { places, ports, addresses, install, environment };
  return { ...parts, plant: "none", checkout: "saga", log: "embedded", ...more };
}

const all = [
  monolithWorkerProcess,
  ordersProcess,
  ordersWorkerProcess,
  inventoryProcess,
  inventoryWorkerProcess,
  controllerProcess,
];
const workers = [monolithWorkerProcess, ordersWorkerProcess, inventoryWorkerProcess];

it("each process of what is owned listens on a port of its own", () => {
  const specs = all.map((spec) => spec(contextOf()));
  expect(specs.map(({ env, port }) => env.PORT === String(port))).toEqual(all.map(() => true));
  expect(new Set(specs.map(({ port }) => port)).size).toBe(all.length);
});

it("the monolith knows of its peer, and of sagas, only once orders have owners", () => {
  expect(monolithProcess(contextOf()).env).toMatchObject({
    CHECKOUT: "saga",
    SERVICE_TOKEN: "service-token",
    ORDERS_PEER_URL: "postgres://monolith_feed:pw-monolithFeed@127.0.0.1:21006/orders",
  });
  const before = monolithProcess(contextOf({ checkout: "transaction" })).env;
  expect([before.CHECKOUT, before.ORDERS_PEER_URL]).toEqual(["transaction", undefined]);
});

it("a worker sees its peer's database by its feed role, and no other process of its side does", () => {
  expect(ordersWorkerProcess(contextOf()).env.PEER_DATABASE_URL).toBe(
    "postgres://orders_feed:pw-ordersFeed@127.0.0.1:21006/shop",
  );
  expect(inventoryWorkerProcess(contextOf()).env.PEER_DATABASE_URL).toBe(
    "postgres://inventory_feed:pw-inventoryFeed@127.0.0.1:21006/shop",
  );
  for (const spec of [ordersProcess, inventoryProcess])
    expect(JSON.stringify(spec(contextOf()).env)).not.toMatch(/pw-(?:\w*Feed|feed|monolith|admin)/);
});

it("Kafka stands between the workers where the stack has one or KAFKA_BROKERS is set, and nobody else hears of it", () => {
  const kafka = contextOf({ environment: { KAFKA_BROKERS: "k:9092" } });
  expect(workers.map((spec) => spec(kafka).env.KAFKA_BROKERS)).toEqual(workers.map(() => "k:9092"));
  const ours = workers.map((spec) => spec(contextOf({ log: "kafka" })).env.KAFKA_BROKERS);
  expect(ours).toEqual(workers.map(() => "127.0.0.1:21017"));
  expect(workers.map((spec) => "KAFKA_BROKERS" in spec(contextOf()).env)).toEqual(workers.map(() => false));
  for (const spec of [ordersProcess, inventoryProcess, controllerProcess])
    expect(spec(kafka).env.KAFKA_BROKERS).toBeUndefined();
});
