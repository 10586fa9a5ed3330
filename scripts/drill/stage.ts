import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UnleashAdmin } from "@banyan/platform/flags/unleash-admin.ts";
import { type BareContext, bareContext, type CommandContext, commandContext } from "../commands/context.ts";
import { bareAdminOf } from "../gate/standing.ts";
import { removePostgres, startPostgres, statusPostgres } from "../parts/postgres.ts";
import type { Environment } from "../parts/tool.ts";
import { waitFor } from "../stack/condition.ts";
import { down } from "../stack/down.ts";
import { startOwned } from "../stack/owned.ts";
import { requirePort } from "../stack/port.ts";
import {
  listProcesses,
  type ProcessSpec,
  type ProcessStatus,
  startProcess,
  stopProcess,
} from "../stack/process.ts";
import { cardsProcess, monolithProcess, proxyProcess, type ServiceContext } from "../stack/services.ts";
import {
  controllerProcess,
  inventoryProcess,
  inventoryWorkerProcess,
  monolithWorkerProcess,
  ordersProcess,
  ordersWorkerProcess,
} from "../stack/services-owned.ts";
import { up } from "../stack/up.ts";
import { freeRow } from "./free-row.ts";
import { Relay } from "./relay.ts";

/** What the drill may kill and start again. */
const SPECS = {
  monolith: monolithProcess,
  "monolith-worker": monolithWorkerProcess,
  orders: ordersProcess,
  "orders-worker": ordersWorkerProcess,
  inventory: inventoryProcess,
  "inventory-worker": inventoryWorkerProcess,
  controller: controllerProcess,
  proxy: proxyProcess,
  "card-processor": cardsProcess,
} as const satisfies Record<string, (service: ServiceContext) => ProcessSpec>;
export type Actor = keyof typeof SPECS;

export interface StageOptions {
  /** Where `banyan.yaml` is. */
  readonly root: string;
  readonly environment: Environment;
  readonly random: () => number;
}

const GONE_MS = 30_000;
/** Of the answers of a side, on the way to the proxy. */
const DROP_RATIO = 0.03;

/** A stack of the drill's own, in a temporary folder, with a bad wire between the proxy and each extracted side. */
export class Stage {
  readonly context: BareContext;
  readonly admin: UnleashAdmin;
  readonly relays: { readonly orders: Relay; readonly inventory: Relay };
  readonly #service: ServiceContext;

  private constructor(context: BareContext, relays: Stage["relays"]) {
    this.context = context;
    this.admin = bareAdminOf(context);
    this.relays = relays;
    const { places, install, environment, state } = context;
    const { ports, plant, checkout, log } = state;
    const addresses = {
      ...context.addresses,
      orders: relays.orders.url,
      inventory: relays.inventory.url,
    };
    this.#service = { places, ports, addresses, install, environment, plant, checkout, log };
  }

  /** Everything up, orders and stock with owners, nothing moved yet. Nothing is left when it throws. */
  static async open(command: CommandContext, { root, environment, random }: StageOptions): Promise<Stage> {
    const home = mkdtempSync(join(tmpdir(), "banyan-drill-"));
    // Its own Postgres and Unleash, whatever the machine has: it kills the one and moves the flags of the other.
    const { DATABASE_URL: _postgres, UNLEASH_URL: _unleash, ...rest } = environment;
    const own = { ...rest, BANYAN_HOME: home };
    const context = commandContext(root, own, command.screen, command.signal);
    const relays: Relay[] = [];
    try {
      await up(context, { portBase: await freeRow(), plant: "none" });
      await startOwned(context);
      const bare = bareContext(context);
      const { ports } = bare.state;
      const relayTo = async (targetPort: number) => {
        const relay = new Relay({ targetPort, dropRatio: DROP_RATIO, random });
        relays.push(relay);
        await relay.listen();
        return relay;
      };
      const stage = new Stage(bare, {
        orders: await relayTo(ports.orders),
        inventory: await relayTo(ports.inventory),
      });
      await stopProcess(home, "proxy");
      await stage.start("proxy");
      return stage;
    } catch (error) {
      await Promise.all(relays.map((relay) => relay.close()));
      await remove(context);
      throw error;
    }
  }

  async find(name: string): Promise<ProcessStatus | undefined> {
    return (await listProcesses(this.context.places.home)).find((one) => one.name === name);
  }

  async isRunning(name: string): Promise<boolean> {
    return (await this.find(name))?.running === true;
  }

  async signal(actor: Actor, signal: NodeJS.Signals): Promise<void> {
    const found = await this.find(actor);
    if (found?.running !== true) throw new Error(`${actor} does not run`);
    process.kill(found.pid, signal);
  }

  async stop(actor: Actor): Promise<void> {
    await stopProcess(this.context.places.home, actor);
  }

  async start(actor: Actor): Promise<void> {
    const { places, signal } = this.context;
    const spec = SPECS[actor](this.#service);
    // One that was killed is gone for `ps` before its last thread has let its port go.
    const gone = async () => {
      if (await this.isRunning(actor)) return false;
      if (spec.port !== undefined) await requirePort(spec.port, actor);
      return true;
    };
    await waitFor(gone, { withinMs: GONE_MS, everyMs: 20, signal });
    await startProcess(places.home, spec, signal);
  }

  /** As a crash does it: nothing is written any more, connections break in the middle of anything. */
  async crashPostgres(): Promise<void> {
    const status = await statusPostgres(this.context.places.home);
    if (!("pid" in status)) throw new Error("Postgres does not run");
    process.kill(status.pid, "SIGQUIT");
  }

  async isPostgresGone(): Promise<boolean> {
    return !("pid" in (await statusPostgres(this.context.places.home)));
  }

  async startPostgres(): Promise<void> {
    const { places, state, install, environment, signal } = this.context;
    await startPostgres({
      stateFolder: places.home,
      port: state.ports.postgres,
      password: install.postgresPassword,
      env: environment,
      say: () => {},
      signal,
    });
  }

  /** Those that have ended though nobody ended them. */
  async ended(): Promise<string[]> {
    const processes = await listProcesses(this.context.places.home);
    return processes.filter(({ running }) => !running).map(({ name }) => name);
  }

  /** @throws when it is not one that the drill can start */
  async startAgain(name: string): Promise<void> {
    if (!(name in SPECS)) throw new Error(`${name} has ended, and the drill can't start it`);
    await this.start(name as Actor);
  }

  /** Keeps the logs of all processes. */
  keepLogs(folder: string): void {
    cpSync(join(this.context.places.home, "logs"), folder, { recursive: true });
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.relays).map((relay) => relay.close()));
    await remove(this.context);
  }
}

/** Ends and removes all of it; after Ctrl-C too. */
async function remove(context: CommandContext): Promise<void> {
  const { home } = context.places;
  // One that stands still does not hear that it should end.
  for (const { pid, running } of await listProcesses(home)) {
    if (running) process.kill(pid, "SIGCONT");
  }
  await down(context);
  await removePostgres(home, context.environment);
  rmSync(home, { recursive: true, force: true });
}
