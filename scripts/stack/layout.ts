import { chmodSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Environment } from "../parts/tool.ts";

/** Every port of the demo's stack. */
export interface Ports {
  readonly proxy: number;
  readonly admin: number;
  readonly monolith: number;
  readonly catalog: number;
  readonly catalogWorker: number;
  readonly unleash: number;
  readonly postgres: number;
  /** The catalog mounted in the monolith's process, while it is measured. */
  readonly mounted: number;
  /** What stands outside the shop: the card processor, and where its mails arrive (SMTP, and a page to read them). */
  readonly cards: number;
  readonly smtp: number;
  readonly mails: number;
  /** What owns orders and stock beside the monolith, each with its worker, and what moves their slots. */
  readonly monolithWorker: number;
  readonly orders: number;
  readonly ordersWorker: number;
  readonly inventory: number;
  readonly inventoryWorker: number;
  readonly controller: number;
  /** The stack's own Kafka, where it has one. */
  readonly kafka: number;
  readonly kafkaController: number;
}

const FAMILIAR: Ports = {
  proxy: 8080,
  admin: 8081,
  monolith: 3000,
  catalog: 3001,
  catalogWorker: 3002,
  unleash: 4242,
  postgres: 5439,
  mounted: 3009,
  cards: 3003,
  smtp: 2525,
  mails: 3004,
  monolithWorker: 3005,
  orders: 3006,
  ordersWorker: 3007,
  inventory: 3008,
  inventoryWorker: 3010,
  controller: 3011,
  kafka: 9092,
  kafkaController: 9093,
};

const NAMES = Object.keys(FAMILIAR) as readonly (keyof Ports)[];
export const PORT_COUNT = NAMES.length;
/** The highest port that a row may begin at. */
export const LAST_BASE = 65_536 - PORT_COUNT;

/** The familiar ports, or all in a row from `base` (1024…`LAST_BASE`). BYN-CLI-002 when the base can't be. */
export function portsOf(base: number | undefined): Ports {
  if (base === undefined) return FAMILIAR;
  if (!Number.isInteger(base) || base < 1024 || base > LAST_BASE) {
    throw new BanyanError(
      "BYN-CLI-002",
      `--port-base ${base}: ${PORT_COUNT} ports from there must lie between 1024 and 65535`,
    );
  }
  return Object.fromEntries(NAMES.map((name, index) => [name, base + index])) as unknown as Ports;
}

/** All ports of a stack that was settled before some of them were thought of: the familiar ones, or on in its row. */
export function completePorts(known: KnownPorts): Ports {
  const inRow = known.admin === known.proxy + 1 && known.monolith === known.proxy + 2;
  const all = portsOf(inRow ? Math.min(known.proxy, LAST_BASE) : undefined);
  return Object.fromEntries(NAMES.map((name) => [name, known[name] ?? all[name]])) as unknown as Ports;
}

type KnownPorts = { readonly [Name in keyof Ports]?: number | undefined } & Pick<
  Ports,
  "proxy" | "admin" | "monolith"
>;

/** Where a working folder keeps what runs make. Git ignores all of it. */
export interface Places {
  readonly root: string;
  /** `.banyan` */
  readonly home: string;
  readonly install: string;
  readonly stack: string;
  /** What `stack` held before the last `down`: the next `up` comes back on the same ports. */
  readonly lastStack: string;
  readonly stackLock: string;
  readonly evidence: string;
  readonly ledger: string;
  readonly report: string;
  readonly stepLock: string;
  readonly walkLock: string;
  readonly requests: string;
  readonly flagsBackup: string;
  /** Data of the stack's own Kafka; that of `npm run kafka` is beside it. */
  readonly kafka: string;
  /** Where the storefront's pages ask for their data: itself, or the proxy from script 01 on. */
  readonly storefront: string;
}

/** `BANYAN_HOME` puts `.banyan` elsewhere: another stack beside the first, as the tests have it. */
export function placesOf(root: string, environment: Environment): Places {
  const given = environment.BANYAN_HOME;
  const home = given === undefined || given === "" ? join(root, ".banyan") : resolve(given);
  return {
    root,
    home,
    install: join(home, "install.json"),
    stack: join(home, "stack.json"),
    lastStack: join(home, "stack.last.json"),
    stackLock: join(home, "stack.lock"),
    evidence: join(home, "evidence"),
    ledger: join(home, "ledger.jsonl"),
    report: join(home, "report.html"),
    stepLock: join(home, "step.lock"),
    walkLock: join(home, "walk.lock"),
    requests: join(home, "requests"),
    flagsBackup: join(home, "flags"),
    kafka: join(home, "stack-kafka"),
    storefront: join(home, "storefront"),
  };
}

/**
 * One measured load at a time on a machine, whoever starts it and from whichever folder: so the lock lies where every
 * user may take it over from a dead one (a folder without the sticky bit).
 */
export function loadLockPath(): string {
  const folder = process.platform === "win32" ? join(tmpdir(), "banyan-load") : "/tmp/banyan-load";
  mkdirSync(folder, { recursive: true });
  try {
    chmodSync(folder, 0o777);
  } catch {
    // Another user's, who has done that.
  }
  return join(folder, "lock");
}
