import { rm } from "node:fs/promises";
import type { CommandContext } from "../commands/context.ts";
import { removePostgres, stopPostgres } from "../parts/postgres.ts";
import { listProcesses, stopProcess } from "./process.ts";
import { takeStackLock } from "./stack-lock.ts";
import { forgetStackState, restStackState } from "./state.ts";

/** Users first, then what they use. */
const ORDER = [
  "proxy",
  "mounted",
  "controller",
  "monolith-worker",
  "orders-worker",
  "inventory-worker",
  "catalog-worker",
  "kafka",
  "orders",
  "inventory",
  "catalog",
  "monolith",
  "card-processor",
  "mail-sink",
  "unleash",
];

/**
 * Stops everything that `up` started, each by its own process id. Data, ports, secrets and evidence stay; `purge` leaves
 * the ledger and its evidence alone.
 */
export async function down(context: CommandContext, purge = false): Promise<string[]> {
  await using _lock = await takeStackLock(context, purge ? "banyan down --purge" : "banyan down");
  const stopped = await stopAll(context);
  const { places, environment, screen } = context;
  if (purge) {
    // As root the data lies outside the working folder, where another user can reach it: it goes too.
    await removePostgres(places.home, environment);
    for (const path of [places.install, places.flagsBackup, places.kafka])
      await rm(path, { recursive: true, force: true });
    forgetStackState(places);
    screen.good("databases and secrets are gone; the ledger and its evidence stay");
  }
  return stopped;
}

async function stopAll({ places, environment, screen }: CommandContext): Promise<string[]> {
  const known = (await listProcesses(places.home))
    .map(({ name }) => name)
    .filter((name) => name !== "postgres");
  const names = [
    ...ORDER.filter((name) => known.includes(name)),
    ...known.filter((name) => !ORDER.includes(name)),
  ];
  const stopped: string[] = [];
  for (const name of names) {
    const how = await stopProcess(places.home, name);
    if (how === "not running") continue;
    stopped.push(name);
    screen.good(how === "killed" ? `${name} did not stop in time and was killed` : `${name} stopped`);
  }
  if ((await stopPostgres(places.home, environment)) === "stopped") {
    stopped.push("postgres");
    screen.good("postgres stopped");
  }
  restStackState(places);
  if (stopped.length === 0) screen.say("nothing was running");
  return stopped;
}
