import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Environment } from "../parts/tool.ts";
import type { Ports } from "./layout.ts";
import { requirePort } from "./port.ts";
import { runsKafka, type StackLog } from "./state.ts";

interface WantedPort {
  readonly port: number;
  /** The process that will listen there. */
  readonly purpose: string;
}

const USERS: readonly (readonly [purpose: string, ...ports: (keyof Ports)[]])[] = [
  ["proxy", "proxy", "admin"],
  ["monolith", "monolith"],
  ["catalog", "catalog"],
  ["catalog-worker", "catalogWorker"],
  ["unleash", "unleash"],
  ["postgres", "postgres"],
  ["card-processor", "cards"],
  ["mail-sink", "smtp", "mails"],
];

const OWNED_USERS: typeof USERS = [
  ["monolith-worker", "monolithWorker"],
  ["orders", "orders"],
  ["orders-worker", "ordersWorker"],
  ["inventory", "inventory"],
  ["inventory-worker", "inventoryWorker"],
  ["controller", "controller"],
  ["kafka", "kafka", "kafkaController"],
];

/** The ports that `up` is about to use: not those of what runs already, nor of what somebody else runs. Pure. */
export function wantedPorts({
  ports,
  running,
  environment,
  owned,
  log,
}: {
  readonly ports: Ports;
  readonly running: ReadonlySet<string>;
  readonly environment: Environment;
  /** Are the processes of what is owned started too? */
  readonly owned: boolean;
  readonly log: StackLog;
}): WantedPort[] {
  const elsewhere = new Set([
    ...(environment.DATABASE_URL === undefined ? [] : ["postgres"]),
    ...(environment.UNLEASH_URL === undefined ? [] : ["unleash"]),
    ...(runsKafka(log, environment) ? [] : ["kafka"]),
  ]);
  return [...USERS, ...(owned ? OWNED_USERS : [])]
    .filter(([purpose]) => !running.has(purpose) && !elsewhere.has(purpose))
    .flatMap(([purpose, ...names]) => names.map((name) => ({ port: ports[name], purpose })));
}

/** Looks at all of them before anything starts. @throws BYN-PARTS-005 naming every port that is taken, and by whom */
export async function requirePorts(wanted: readonly WantedPort[]): Promise<void> {
  const problems: string[] = [];
  for (const { port, purpose } of wanted) {
    try {
      await requirePort(port, purpose);
    } catch (error) {
      if (!(error instanceof BanyanError)) throw error;
      problems.push(error.detail);
    }
  }
  if (problems.length > 0) throw new BanyanError("BYN-PARTS-005", problems.join(" "));
}
