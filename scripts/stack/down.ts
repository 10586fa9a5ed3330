import type { CommandContext } from "../commands/context.ts";
import { stopPostgres } from "../parts/postgres.ts";
import { listProcesses, stopProcess } from "./process.ts";
import { removeStackState } from "./state.ts";

/** Users first, then what they use. */
const ORDER = [
  "proxy",
  "mounted",
  "catalog-worker",
  "catalog",
  "monolith",
  "card-processor",
  "mail-sink",
  "unleash",
];

/** Stops everything that `up` started, each by its own process id. Data, secrets and evidence stay. */
export async function down({ places, environment, screen }: CommandContext): Promise<string[]> {
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
  removeStackState(places.stack);
  if (stopped.length === 0) screen.say("nothing was running");
  return stopped;
}
