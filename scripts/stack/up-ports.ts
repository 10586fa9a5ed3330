import type { CommandContext } from "../commands/context.ts";
import { statusPostgres } from "../parts/postgres.ts";
import { type Ports, portsOf } from "./layout.ts";
import { readStackState } from "./state.ts";

/** Those asked for, else those of before: data and ports stay until `down --purge`. */
export function portsFor({ places, screen }: CommandContext, portBase: number | undefined): Ports {
  if (portBase !== undefined) return portsOf(portBase);
  const familiar = portsOf(undefined);
  const present = readStackState(places.stack);
  if (present !== undefined) return present.ports;
  const last = readStackState(places.lastStack);
  if (last === undefined) return familiar;
  if (last.ports.proxy !== familiar.proxy) {
    screen.say(
      `on the same ports as last time, from ${last.ports.proxy} on (\`--port-base N\` moves them, \`down --purge\` forgets them)`,
    );
  }
  return last.ports;
}

/** A server that runs without a record of ours is used all the same: its port is no stranger's. */
export async function withPostmaster(
  home: string,
  running: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const { state } = await statusPostgres(home);
  return state === "absent" || state === "stopped" ? running : new Set([...running, "postgres"]);
}
