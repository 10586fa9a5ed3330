import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { loadSettings } from "@banyan/platform/settings/settings.ts";
import type { CommandContext } from "../commands/context.ts";
import { addressesOf } from "./addresses.ts";
import { OWNED } from "./away.ts";
import { readOrMakeInstall } from "./install.ts";
import { flagsIn, makeFlags } from "./make-flags.ts";
import { ensurePeerRoles, letPeersRead } from "./peer-rights.ts";
import { requirePorts, wantedPorts } from "./port-row.ts";
import { stopProcess } from "./process.ts";
import { monolithProcess, type ServiceContext, settingsEnvironment } from "./services.ts";
import {
  controllerProcess,
  inventoryProcess,
  inventoryWorkerProcess,
  monolithWorkerProcess,
  ordersProcess,
  ordersWorkerProcess,
} from "./services-owned.ts";
import { startStackKafka } from "./stack-kafka.ts";
import { takeStackLock } from "./stack-lock.ts";
import { runningOf, start, together } from "./starting.ts";
import { requireStackState, type StackState, writeStackState } from "./state.ts";

/**
 * Gives orders and stock their owners, on a stack that is up: the monolith is started again in saga mode, which opens both
 * capabilities, and then all that owns beside it. Nothing moves by that, and there is no way back to the old checkout. It
 * can be typed again at any point, and from here on `up` starts all of it.
 * @returns the state from here on
 * @throws BYN-CLI-005 when nothing is up · BYN-PARTS-… as `up`
 */
export async function startOwned(context: CommandContext): Promise<StackState> {
  await using _lock = await takeStackLock(context, "the start of what owns orders and stock");
  const { places, environment, screen } = context;
  const before = requireStackState(places.stack);
  const install = readOrMakeInstall(places.install);
  const { ports, plant, log } = before;
  const addresses = addressesOf(ports, install, environment);
  const parts = { places, ports, addresses, install, environment };
  const service: ServiceContext = { ...parts, plant, checkout: "saga", log };
  const settings = loadSettings(join(places.root, "banyan.yaml"), {
    ...environment,
    ...settingsEnvironment(service),
  });
  const running = await runningOf(context);
  const missing = ["postgres", "proxy"].filter(
    (name) => !running.has(name) && !(name === "postgres" && environment.DATABASE_URL !== undefined),
  );
  if (missing.length > 0) throw new BanyanError("BYN-CLI-005", `not running: ${missing.join(", ")}`);
  await requirePorts(
    wantedPorts({ ports, running, environment, owned: true, log }).filter(({ purpose }) =>
      [...OWNED, "kafka"].includes(purpose),
    ),
  );
  const state: StackState = { ...before, ...flagsIn(settings), checkout: "saga", owned: true };
  if (before.checkout !== "saga") {
    screen.say(
      "the shop pauses for a moment: its monolith is started again with owners for orders and stock …",
    );
    // Gone before the state says so: one that still checked out the old way would write past the owners.
    await stopProcess(places.home, "monolith");
    running.delete("monolith");
  }
  writeStackState(places.stack, state);
  await start(context, monolithProcess(service), running);
  await makeFlags(context, service, state, settings);
  await startOwnedProcesses(context, service, running);
  return state;
}

/**
 * All that owns beside the monolith: first the sides, which lay their tables, then who may read them, then who reads them
 * and who moves slots. The monolith runs in saga mode by now.
 */
export async function startOwnedProcesses(
  context: CommandContext,
  service: ServiceContext,
  running: ReadonlySet<string>,
): Promise<void> {
  const { databases } = service.addresses;
  const { monolithFeed, ordersFeed, inventoryFeed } = service.install.databasePasswords;
  await ensurePeerRoles(databases.admin, {
    monolith: monolithFeed,
    orders: ordersFeed,
    inventory: inventoryFeed,
  });
  await together(
    [ordersProcess(service), inventoryProcess(service)].map((spec) => start(context, spec, running)),
  );
  await letPeersRead(databases);
  await startStackKafka(context, service, running);
  const rest = [monolithWorkerProcess, ordersWorkerProcess, inventoryWorkerProcess, controllerProcess];
  await together(rest.map((spec) => start(context, spec(service), running)));
}
