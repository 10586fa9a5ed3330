import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { z } from "zod";
import type { Environment } from "../parts/tool.ts";
import { completePorts, type Places } from "./layout.ts";

const port = z.int().min(1).max(65_535);

/** The faults that can be planted into the extracted catalog, on purpose. */
export const PLANTS = ["none", "slow-tail", "n-plus-one", "errors", "wrong-price"] as const;
export type Plant = (typeof PLANTS)[number];

/** How the monolith checks out: as the shop of 2015 did, or by sagas over slots that have owners. */
const CHECKOUTS = ["transaction", "saga"] as const;
export type Checkout = (typeof CHECKOUTS)[number];

/** What stands between the workers of owned capabilities: the outbox tables themselves, or a Kafka of the stack's own. */
const LOGS = ["embedded", "kafka"] as const;
export type StackLog = (typeof LOGS)[number];

/** Does the stack run a Kafka of its own? `KAFKA_BROKERS` names somebody else's. */
export function runsKafka(log: StackLog, { KAFKA_BROKERS }: Environment): boolean {
  return log === "kafka" && KAFKA_BROKERS === undefined;
}

/** What `up` settled, for every later command: `.banyan/stack.json`. No secret. */
const StackState = z.strictObject({
  ports: z
    .strictObject({
      proxy: port,
      admin: port,
      monolith: port,
      catalog: port,
      catalogWorker: port,
      unleash: port,
      postgres: port,
      mounted: port,
      cards: port,
      smtp: port,
      mails: port,
      monolithWorker: port.optional(),
      orders: port.optional(),
      ordersWorker: port.optional(),
      inventory: port.optional(),
      inventoryWorker: port.optional(),
      controller: port.optional(),
      kafka: port.optional(),
      kafkaController: port.optional(),
    })
    .transform(completePorts),
  plant: z.enum(PLANTS),
  startedAt: z.iso.datetime(),
  /** Capability → its flag, as banyan.yaml said at that time: the way back must not need the file. */
  flags: z.record(z.string(), z.string()).default({}),
  /** Flag → the field that its slots are counted by, where that is not `userId`. */
  stickiness: z.record(z.string(), z.string()).default({}),
  /** Capabilities with `writes: owned`. */
  owning: z.array(z.string()).default([]),
  /** There is no way back to `transaction`: it would write past the owners. */
  checkout: z.enum(CHECKOUTS).default("transaction"),
  /** Whether `up` also starts what owns orders and stock beside the monolith. */
  owned: z.boolean().default(false),
  log: z.enum(LOGS).default("embedded"),
});
export type StackState = z.output<typeof StackState>;

/** Undefined when nothing was started, or what stands there can't be read as one (then `up` writes it anew). */
export function readStackState(file: string): StackState | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return StackState.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

/** How the data stands, which outlives a `down`. */
export function readOwning({
  stack,
  lastStack,
}: StatePlaces): Pick<StackState, "checkout" | "owned" | "log"> {
  const { checkout, owned, log } = readStackState(stack) ?? readStackState(lastStack) ?? FIRST_DAY;
  return { checkout, owned, log };
}

const FIRST_DAY = { checkout: "transaction", owned: false, log: "embedded" } as const;

/** @throws BYN-CLI-005 when nothing is up. */
export function requireStackState(file: string): StackState {
  const state = readStackState(file);
  if (state === undefined) throw new BanyanError("BYN-CLI-005", `there is no ${file}`);
  return state;
}

export function writeStackState(file: string, state: StackState): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(draft, file);
}

type StatePlaces = Pick<Places, "stack" | "lastStack">;

/** Nothing is up any more; the ports are kept for the next `up`. */
export function restStackState({ stack, lastStack }: StatePlaces): void {
  if (readStackState(stack) === undefined) rmSync(stack, { force: true });
  else renameSync(stack, lastStack);
}

export function forgetStackState({ stack, lastStack }: StatePlaces): void {
  for (const file of [stack, lastStack]) rmSync(file, { force: true });
}
