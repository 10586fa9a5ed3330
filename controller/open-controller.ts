import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { flagSourceOf } from "@banyan/platform/flags/source-of.ts";
import { stickinessOf } from "@banyan/platform/flags/stickiness.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { flagOf, type Settings } from "@banyan/platform/settings/settings.ts";
import { BOUNDS } from "./decide/plan-moves.ts";
import { type Counting, flagIntent } from "./intent/flag-intent.ts";
import type { Controlled } from "./reconcile/controlled.ts";
import { type Controller, startController } from "./reconcile/controller.ts";
import { CONTROLLER_TABLES } from "./tables.ts";

/** Twice a second: a flag that a person moves is seen within a second, and a look costs two short queries a capability. */
const POLL_MS = 500;
/** So long another controller waits when this one dies without a word. */
const LEASE_MS = 10_000;

export interface OpenControllerOptions {
  /** Its own database. */
  readonly databaseUrl: string;
  /** `banyan.yaml`: the flags, and what an owning capability counts its slots by. */
  readonly settings: Settings;
  /** Where the last known flags are kept; the controller begins nothing by them (design §6). */
  readonly backupFolder: string;
  readonly capabilities: readonly Controlled[];
  /** What the ledger says was proved, for capabilities with `enforce`. */
  readonly proved: (capability: string) => number | undefined;
  readonly log: Log;
}

export interface OpenController {
  readonly controller: Pick<Controller, "status" | "announcements">;
  /** Ends the act in hand and gives the lease back; the capabilities' pools are the caller's. */
  close(): Promise<void>;
}

/** Migrates the controller's own database and starts it. Nothing is left open when it throws. */
export async function openController(options: OpenControllerOptions): Promise<OpenController> {
  const { databaseUrl, settings, backupFolder, capabilities, log } = options;
  const own = createPool(databaseUrl, { max: 4, name: "controller", statementMs: 5_000 }, log);
  try {
    await migrate(own, CONTROLLER_TABLES);
    const flags = await flagSourceOf(settings, { appName: "banyan-controller", backupFolder }, log);
    const controller = startController({
      own,
      holder: randomUUID(),
      capabilities,
      intent: flagIntent(flags, countingOf(settings, options.proved)),
      bounds: BOUNDS,
      log,
      random: Math.random,
      now: () => performance.now(),
      sleep: (ms) => delay(ms),
      pollMs: POLL_MS,
      leaseMs: LEASE_MS,
    });
    return {
      controller,
      close: async () => {
        await controller.stop();
        await flags.close();
        await own.end();
      },
    };
  } catch (error) {
    await own.end();
    throw error;
  }
}

/** By owning capability. */
function countingOf(
  { capabilities }: Settings,
  proved: OpenControllerOptions["proved"],
): Record<string, Counting> {
  const owning = Object.entries(capabilities).filter(([, { writes }]) => writes === "owned");
  return Object.fromEntries(
    owning.map(([name, its]) => [
      name,
      {
        groupId: flagOf(name, its),
        stickiness: stickinessOf(its),
        ...(its.enforce ? { proved: () => proved(name) } : {}),
      },
    ]),
  );
}
