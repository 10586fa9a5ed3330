import { join } from "node:path";
import type { Environment } from "../parts/tool.ts";
import { backendTokenOf } from "../parts/unleash.ts";
import type { Addresses } from "./addresses.ts";
import type { Install } from "./install.ts";
import type { Places, Ports } from "./layout.ts";
import type { ProcessSpec } from "./process.ts";
import type { Checkout, Plant, StackLog } from "./state.ts";

export interface ServiceContext {
  readonly places: Places;
  readonly ports: Ports;
  readonly addresses: Addresses;
  readonly install: Install;
  readonly environment: Environment;
  readonly plant: Plant;
  /** How the monolith checks out. */
  readonly checkout: Checkout;
  /** What the workers stand on; `KAFKA_BROKERS` is somebody else's Kafka. */
  readonly log: StackLog;
}

const READY_WITHIN_MS = 60_000;

/** What our own processes get of the environment: enough to run, and no secret that is not theirs. */
export function baseEnvironment(environment: Environment): Environment {
  const { PATH, HOME, TMPDIR, TZ, LANG, LOG_LEVEL, NODE_COMPILE_CACHE } = environment;
  // One OTEL_SERVICE_NAME for all would make one service of them in every trace: each keeps the name it has.
  const traces = Object.entries(environment).filter(
    ([name]) => name.startsWith("OTEL_") && name !== "OTEL_SERVICE_NAME",
  );
  return {
    ...Object.fromEntries(traces),
    ...{ PATH, HOME, TMPDIR, TZ, LANG, LOG_LEVEL, NODE_COMPILE_CACHE },
    NODE_ENV: "production",
  };
}

export function nodeProcess(
  context: ServiceContext,
  name: string,
  file: string,
  port: number,
  environment: Environment,
  readyPath = "/readyz",
): ProcessSpec {
  return {
    name,
    command: process.execPath,
    args: [join(context.places.root, file)],
    cwd: context.places.root,
    env: { ...baseEnvironment(context.environment), ...environment },
    port,
    ready: { url: `http://127.0.0.1:${port}${readyPath}` },
    readyWithinMs: READY_WITHIN_MS,
  };
}

/** What stands outside the shop: a company that charges cards. */
export function cardsProcess(context: ServiceContext): ProcessSpec {
  const { ports, addresses } = context;
  return nodeProcess(context, "card-processor", "outside/card-processor/main.ts", ports.cards, {
    PORT: String(ports.cards),
    DATABASE_URL: addresses.databases.cards,
  });
}

/** Where the shop's mails arrive. */
export function mailsProcess(context: ServiceContext): ProcessSpec {
  const { ports } = context;
  return nodeProcess(context, "mail-sink", "outside/mail-sink/main.ts", ports.mails, {
    PORT: String(ports.mails),
    SMTP_PORT: String(ports.smtp),
  });
}

export function monolithProcess(context: ServiceContext): ProcessSpec {
  const { ports } = context;
  return nodeProcess(context, "monolith", "monolith/main.ts", ports.monolith, {
    PORT: String(ports.monolith),
    ...shopEnvironment(context),
  });
}

function shopEnvironment({ places, addresses, install, checkout }: ServiceContext): Environment {
  return {
    CHECKOUT: checkout,
    SERVICE_TOKEN: install.serviceToken,
    // Before there is a peer, nobody is to look for one.
    ...(checkout === "saga" ? { ORDERS_PEER_URL: addresses.databases.peers.ordersForMonolith } : {}),
    DATABASE_URL: addresses.databases.shop,
    SESSION_KEY: JSON.stringify(install.sessionKey),
    CARD_PROCESSOR_URL: addresses.cards,
    SMTP_URL: addresses.smtp,
    STOREFRONT_FILE: places.storefront,
    // The proxy, and the storefront itself, stand beside it: a client is counted by what they say of it.
    TRUST_PROXY: "loopback",
  };
}

/** Alive is enough here: it is ready only once its copy is filled, and that is a step of its own. */
export function catalogProcess(context: ServiceContext): ProcessSpec {
  const { ports, addresses, plant } = context;
  const environment = {
    PORT: String(ports.catalog),
    DATABASE_URL: addresses.databases.catalog,
    PLANT: plant,
  };
  return nodeProcess(context, "catalog", "extracted/catalog/main.ts", ports.catalog, environment, "/livez");
}

export function catalogWorkerProcess(context: ServiceContext): ProcessSpec {
  const { ports, addresses } = context;
  const environment = {
    PORT: String(ports.catalogWorker),
    DATABASE_URL: addresses.databases.catalog,
    SOURCE_DATABASE_URL: addresses.databases.feed,
  };
  return nodeProcess(
    context,
    "catalog-worker",
    "extracted/catalog/worker.ts",
    ports.catalogWorker,
    environment,
    "/livez",
  );
}

export function proxyProcess(context: ServiceContext): ProcessSpec {
  const { places, ports, install } = context;
  const spec = nodeProcess(context, "proxy", "proxy/main.ts", ports.proxy, {
    ...settingsEnvironment(context),
    BANYAN_OVERRIDE_KEY: install.overrideKey,
    BANYAN_VISITOR_KEY: install.visitorKey,
    BANYAN_ADMIN_TOKEN: install.adminToken,
    BANYAN_DEBUG_TOKEN: install.debugToken,
    BANYAN_FLAGS_BACKUP: places.flagsBackup,
  });
  return {
    ...spec,
    args: [...spec.args, "--config", join(places.root, "banyan.yaml")],
    ready: { url: `http://127.0.0.1:${ports.admin}/readyz` },
  };
}

/** The catalog's app mounted in the monolith's process (scripts/hosts), while `00` and `02` measure it. */
export function mountedProcess(context: ServiceContext): ProcessSpec {
  const { ports, addresses } = context;
  return nodeProcess(context, "mounted", "scripts/hosts/monolith-with-catalog.ts", ports.mounted, {
    PORT: String(ports.mounted),
    ...shopEnvironment(context),
    CATALOG_DATABASE_URL: addresses.databases.catalog,
    CRASH_ROUTE: "1",
  });
}

/** The variables that the demo's `banyan.yaml` names. */
export function settingsEnvironment(
  context: Pick<ServiceContext, "ports" | "addresses" | "install" | "environment">,
): Environment {
  const { ports, addresses, install, environment } = context;
  return {
    BANYAN_PORT: String(ports.proxy),
    BANYAN_ADMIN_PORT: String(ports.admin),
    MONOLITH_URL: addresses.monolith,
    CATALOG_URL: addresses.catalog,
    ORDERS_URL: addresses.orders,
    INVENTORY_URL: addresses.inventory,
    UNLEASH_URL: addresses.unleash,
    // Somebody else's Unleash knows its own tokens only.
    UNLEASH_BACKEND_TOKEN:
      environment.UNLEASH_URL === undefined
        ? backendTokenOf(install.unleash)
        : environment.UNLEASH_BACKEND_TOKEN,
  };
}
