import type { ProcessStatus } from "./process.ts";

/** Started by every `up`; Postgres and Unleash may be somebody else's. */
const ALWAYS = ["card-processor", "catalog", "catalog-worker", "mail-sink", "monolith", "proxy"];

/** Once orders and stock have owners of their own. */
export const OWNED: readonly string[] = [
  "controller",
  "inventory",
  "inventory-worker",
  "monolith-worker",
  "orders",
  "orders-worker",
];

interface Away {
  /** Started, and gone without a `down`. */
  readonly ended: readonly string[];
  /** Never started: an `up` that was not finished. */
  readonly missing: readonly string[];
}

/** What an `up` stack should have running and has not. Pure. */
export function awayOf(processes: readonly Pick<ProcessStatus, "name" | "running">[], owned: boolean): Away {
  const known = new Set(processes.map(({ name }) => name));
  const wanted = owned ? [...ALWAYS, ...OWNED] : ALWAYS;
  return {
    ended: processes.filter(({ running }) => !running).map(({ name }) => name),
    missing: wanted.filter((name) => !known.has(name)),
  };
}

/** `postgres and catalog have ended; proxy was not started`; empty when all is there. */
export function awayWords({ ended, missing }: Away): string {
  return [listed(ended, "has ended", "have ended"), listed(missing, "was not started", "were not started")]
    .filter((words) => words !== "")
    .join("; ");
}

function listed(names: readonly string[], one: string, many: string): string {
  const last = names.at(-1);
  if (last === undefined) return "";
  return names.length === 1 ? `${last} ${one}` : `${names.slice(0, -1).join(", ")} and ${last} ${many}`;
}
