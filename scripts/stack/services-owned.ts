import { join } from "node:path";
import type { Environment } from "../parts/tool.ts";
import type { ProcessSpec } from "./process.ts";
import { nodeProcess, type ServiceContext, settingsEnvironment } from "./services.ts";

/** The monolith's second process: relay and inbox of what it owns or follows, sagas that stood still, mails. */
export function monolithWorkerProcess(context: ServiceContext): ProcessSpec {
  const { ports, addresses } = context;
  return workerProcess(context, "monolith-worker", "monolith/worker.ts", ports.monolithWorker, {
    ...sagaEnvironment(context),
    DATABASE_URL: addresses.databases.shop,
    SMTP_URL: addresses.smtp,
    ORDERS_PEER_URL: addresses.databases.peers.ordersForMonolith,
    INVENTORY_PEER_URL: addresses.databases.peers.inventoryForMonolith,
  });
}

/** Alive is enough, as for all of these: whether they are ready tells how true their copies are. */
export function ordersProcess(context: ServiceContext): ProcessSpec {
  const { ports, addresses } = context;
  const environment = {
    PORT: String(ports.orders),
    ...sagaEnvironment(context),
    DATABASE_URL: addresses.databases.orders,
    JWKS_URL: jwksOf(context),
  };
  return nodeProcess(context, "orders", "extracted/orders/main.ts", ports.orders, environment, "/livez");
}

export function ordersWorkerProcess(context: ServiceContext): ProcessSpec {
  const { ports, addresses } = context;
  return workerProcess(context, "orders-worker", "extracted/orders/worker.ts", ports.ordersWorker, {
    ...sagaEnvironment(context),
    DATABASE_URL: addresses.databases.orders,
    PEER_DATABASE_URL: addresses.databases.peers.shopForOrders,
  });
}

export function inventoryProcess(context: ServiceContext): ProcessSpec {
  const { ports, addresses, install } = context;
  const environment = {
    PORT: String(ports.inventory),
    DATABASE_URL: addresses.databases.inventory,
    JWKS_URL: jwksOf(context),
    SHOP_URL: addresses.proxy,
    SERVICE_TOKEN: install.serviceToken,
  };
  return nodeProcess(
    context,
    "inventory",
    "extracted/inventory/main.ts",
    ports.inventory,
    environment,
    "/livez",
  );
}

export function inventoryWorkerProcess(context: ServiceContext): ProcessSpec {
  const { ports, addresses } = context;
  return workerProcess(context, "inventory-worker", "extracted/inventory/worker.ts", ports.inventoryWorker, {
    DATABASE_URL: addresses.databases.inventory,
    PEER_DATABASE_URL: addresses.databases.peers.shopForInventory,
  });
}

/** What moves slots between the databases, by what the flags say (scripts/hosts: it knows both sides' tables). */
export function controllerProcess(context: ServiceContext): ProcessSpec {
  const { places, ports, addresses } = context;
  return nodeProcess(context, "controller", "scripts/hosts/controller.ts", ports.controller, {
    ...settingsEnvironment(context),
    PORT: String(ports.controller),
    CONTROLLER_DATABASE_URL: addresses.databases.controller,
    MONOLITH_DATABASE_URL: addresses.databases.shop,
    ORDERS_DATABASE_URL: addresses.databases.orders,
    INVENTORY_DATABASE_URL: addresses.databases.inventory,
    BANYAN_CONFIG: join(places.root, "banyan.yaml"),
    BANYAN_FLAGS_BACKUP: places.flagsBackup,
    BANYAN_LEDGER: places.ledger,
  });
}

/** A process of relays and inboxes, with Kafka between them where the stack has one or `KAFKA_BROKERS` names one. */
function workerProcess(
  context: ServiceContext,
  name: string,
  file: string,
  port: number,
  environment: Environment,
): ProcessSpec {
  const onKafka = context.log === "kafka" || context.environment.KAFKA_BROKERS !== undefined;
  const log = onKafka ? { KAFKA_BROKERS: context.addresses.kafka } : {};
  return nodeProcess(context, name, file, port, { PORT: String(port), ...environment, ...log }, "/livez");
}

/** Whom the steps of a checkout ask: what others own is asked for through the proxy, which knows the owners. */
function sagaEnvironment({ addresses, install }: ServiceContext): Environment {
  return {
    CARD_PROCESSOR_URL: addresses.cards,
    SHOP_URL: addresses.proxy,
    SERVICE_TOKEN: install.serviceToken,
  };
}

/** Where the monolith publishes the keys that sessions are checked with. */
function jwksOf({ addresses }: ServiceContext): string {
  return `${addresses.monolith}/.well-known/jwks.json`;
}
