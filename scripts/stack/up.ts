import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { ensureFeedRole, grantFeed } from "@banyan/platform/log/feed-role.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { loadSettings } from "@banyan/platform/settings/settings.ts";
import type { CommandContext } from "../commands/context.ts";
import { cacheFolder } from "../parts/cache.ts";
import { externalPostgres, startPostgres } from "../parts/postgres.ts";
import { createDatabase } from "../parts/postgres-databases.ts";
import { lastLines } from "../parts/say.ts";
import { runTool } from "../parts/tool.ts";
import { startUnleash } from "../parts/unleash.ts";
import { installUnleash } from "../parts/unleash-install.ts";
import { type Addresses, addressesOf, DATABASES, FEED_ROLE } from "./addresses.ts";
import { type Install, readOrMakeInstall } from "./install.ts";
import type { Ports } from "./layout.ts";
import { flagsIn, makeFlags } from "./make-flags.ts";
import { startOwnedProcesses } from "./owned.ts";
import { requirePorts, wantedPorts } from "./port-row.ts";
import { stopProcess } from "./process.ts";
import {
  baseEnvironment,
  cardsProcess,
  catalogProcess,
  catalogWorkerProcess,
  mailsProcess,
  monolithProcess,
  proxyProcess,
  type ServiceContext,
  settingsEnvironment,
} from "./services.ts";
import { silentLog } from "./silent-log.ts";
import { kafkaJars, stopLog } from "./stack-kafka.ts";
import { takeStackLock } from "./stack-lock.ts";
import { runningOf, start, together } from "./starting.ts";
import {
  type Plant,
  readOwning,
  readStackState,
  runsKafka,
  type StackState,
  writeStackState,
} from "./state.ts";
import { portsFor, withPostmaster } from "./up-ports.ts";

export interface UpOptions {
  readonly portBase: number | undefined;
  readonly plant: Plant;
  /** Leaves a fault that is planted where it is, instead of `plant`. */
  readonly keepPlant?: boolean;
  /** Puts a Kafka of its own between the workers of owned capabilities, or takes it away; else as it was. */
  readonly kafka?: boolean | undefined;
}

export interface Stack {
  readonly ports: Ports;
  readonly addresses: Addresses;
  readonly install: Install;
}

/**
 * Starts the whole stack: Postgres, Unleash, the monolith with its seed, the card processor and the mail sink that it
 * talks to, the extracted catalog with its worker, the proxy, and, once orders and stock have owners (`startOwned`), all
 * that owns beside the monolith. What runs already is left as it is, so that it can be typed again at any point.
 */
export async function up(context: CommandContext, options: UpOptions): Promise<Stack> {
  await using _lock = await takeStackLock(context, "banyan up");
  const { places, environment, screen } = context;
  const before = readStackState(places.stack);
  const running = await runningOf(context);
  const tracing = Object.keys(environment).filter((name) => name.startsWith("OTEL_"));
  if (running.size > 0 && tracing.length > 0) {
    screen.warn(
      `${tracing.join(", ")}: only for what starts now. What runs stays as it was started, until \`down\``,
    );
  }
  const ports = portsFor(context, options.portBase);
  if (before !== undefined && running.size > 0 && before.ports.proxy !== ports.proxy) {
    throw new BanyanError(
      "BYN-CLI-009",
      `it is up on ports around ${before.ports.proxy}; take it down first, by \`npm run banyan -- down\``,
    );
  }
  const install = readOrMakeInstall(places.install);
  const addresses = addressesOf(ports, install, environment);
  const plant = options.keepPlant === true ? (before?.plant ?? options.plant) : options.plant;
  const { checkout, owned, log: logBefore } = readOwning(places);
  const log = options.kafka === undefined ? logBefore : options.kafka ? "kafka" : "embedded";
  const service: ServiceContext = { places, ports, addresses, install, environment, plant, checkout, log };
  // Read before anything starts: a mistake in it should cost nothing.
  const settings = loadSettings(join(places.root, "banyan.yaml"), {
    ...environment,
    ...settingsEnvironment(service),
  });
  await requirePorts(
    wantedPorts({ ports, running: await withPostmaster(places.home, running), environment, owned, log }),
  );
  // Fetched while everything still runs: without Java nothing is to be stopped for it.
  if (runsKafka(log, environment)) await kafkaJars(context);
  if (before !== undefined && before.plant !== plant) {
    // Another fault, or none: the process must be another too, and gone before the state says so. A start that fails
    // further on must not leave the old one running under the new name.
    await stopProcess(places.home, "catalog");
    running.delete("catalog");
  }
  // Workers that stand on another log too. What the old one still had, their inboxes pull from the peer's outbox.
  if (before !== undefined && before.log !== log) await stopLog(places.home, running);
  const startedAt = new Date().toISOString();
  const state: StackState = { ports, plant, startedAt, ...flagsIn(settings), checkout, owned, log };
  writeStackState(places.stack, state);

  await startDatabase(context, service);
  const outside = [cardsProcess(service), mailsProcess(service)].map((spec) => start(context, spec, running));
  await together([
    startFlags(context, service, running),
    startMonolith(context, service, running),
    ...outside,
  ]);
  await makeFlags(context, service, state, settings);
  await together(
    [catalogProcess(service), catalogWorkerProcess(service)].map((spec) => start(context, spec, running)),
  );
  await start(context, proxyProcess(service), running);
  if (owned) await startOwnedProcesses(context, service, running);
  if (plant !== "none") screen.warn(`a fault is planted in the extracted catalog: ${plant}`);
  return { ports, addresses, install };
}

async function startDatabase(
  context: CommandContext,
  { ports, install, addresses }: ServiceContext,
): Promise<void> {
  const { places, environment, screen, signal } = context;
  const external = environment.DATABASE_URL;
  if (external !== undefined) {
    await externalPostgres(external);
    screen.good("Postgres: yours, from DATABASE_URL");
  } else {
    const password = install.postgresPassword;
    const say = screen.say;
    await startPostgres({
      stateFolder: places.home,
      port: ports.postgres,
      password,
      env: environment,
      say,
      signal,
    });
    screen.good(`postgres on port ${ports.postgres}`);
  }
  const passwords = {
    shop: install.databasePasswords.monolith,
    catalog: install.databasePasswords.catalog,
    unleash: install.databasePasswords.unleash,
    cards: install.databasePasswords.cards,
    orders: install.databasePasswords.orders,
    inventory: install.databasePasswords.inventory,
    controller: install.databasePasswords.controller,
  };
  for (const [key, spec] of Object.entries(DATABASES)) {
    const password = passwords[key as keyof typeof DATABASES];
    await createDatabase(addresses.databases.admin, { ...spec, password });
  }
}

async function startFlags(
  context: CommandContext,
  { ports, install, addresses }: ServiceContext,
  running: ReadonlySet<string>,
): Promise<void> {
  const { places, environment, screen, signal } = context;
  if (environment.UNLEASH_URL !== undefined) {
    screen.good(`Unleash: yours, at ${environment.UNLEASH_URL}`);
    return;
  }
  if (running.has("unleash")) {
    screen.good("unleash runs already");
    return;
  }
  const installed = await installUnleash({
    cacheFolder: cacheFolder(environment),
    toolFolder: join(places.root, "tools", "unleash"),
    nodePath: process.execPath,
    env: environment,
    say: screen.say,
    signal,
  });
  await startUnleash({
    stateFolder: places.home,
    install: installed,
    nodePath: process.execPath,
    port: ports.unleash,
    databaseUrl: addresses.databases.unleash,
    secrets: install.unleash,
    env: environment,
    say: screen.say,
    signal,
  });
  screen.good(`unleash on port ${ports.unleash}`);
}

/** Seeds, then starts the monolith, then lets the feed role read the peer port and nothing else. */
async function startMonolith(
  context: CommandContext,
  service: ServiceContext,
  running: ReadonlySet<string>,
): Promise<void> {
  const { places, environment, screen, signal } = context;
  const { addresses, install } = service;
  if (!running.has("monolith")) {
    screen.say("filling the shop: 5,000 products, 2,000 customers, 20,000 orders …");
    const seeded = await runTool(process.execPath, [join(places.root, "monolith/seed.ts")], {
      env: { ...baseEnvironment(environment), DATABASE_URL: addresses.databases.shop },
      cwd: places.root,
      signal,
    });
    if (seeded.code !== 0) {
      throw new BanyanError(
        "BYN-PARTS-007",
        `the seed failed: ${lastMessage(seeded.stdout + seeded.stderr)}`,
      );
    }
  }
  await start(context, monolithProcess(service), running);
  const admin = createPool(addresses.databases.admin, { max: 1, name: "banyan up" }, silentLog);
  const shop = createPool(addresses.databases.shop, { max: 1, name: "banyan up" }, silentLog);
  try {
    await ensureFeedRole(admin, FEED_ROLE, install.databasePasswords.feed);
    await grantFeed(shop, FEED_ROLE);
  } finally {
    await Promise.all([admin.end(), shop.end()]);
  }
}

/** What a process of ours said last: the message of its last log line, or its last lines as they are. */
function lastMessage(output: string): string {
  const line = output.trim().split("\n").at(-1) ?? "";
  try {
    const { msg } = JSON.parse(line) as { msg?: unknown };
    if (typeof msg === "string") return msg;
  } catch {
    // Not a log line.
  }
  return lastLines(output, 3);
}
