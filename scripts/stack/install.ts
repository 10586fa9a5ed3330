import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { z } from "zod";
import { newPassword, newSecret, newSessionKey, newToken } from "./secrets.ts";

const Kept = z.strictObject({
  overrideKey: z.string().min(40),
  visitorKey: z.string().min(40),
  adminToken: z.string().min(20),
  debugToken: z.string().min(20),
  /** Between the shop's own services: reservations, customers' carts. */
  serviceToken: z.string().min(20).optional(),
  sessionKey: z.record(z.string(), z.string()),
  postgresPassword: z.string().min(20),
  databasePasswords: z.strictObject({
    monolith: z.string(),
    catalog: z.string(),
    feed: z.string(),
    unleash: z.string(),
    cards: z.string().optional(),
    orders: z.string().optional(),
    inventory: z.string().optional(),
    controller: z.string().optional(),
    /** Of the feed roles of those who follow a handover: each reads its peer's outbox and nothing else. */
    monolithFeed: z.string().optional(),
    ordersFeed: z.string().optional(),
    inventoryFeed: z.string().optional(),
  }),
  unleash: z.strictObject({
    adminPassword: z.string(),
    adminToken: z.string(),
    backendToken: z.string(),
    sessionSecret: z.string(),
  }),
});

/** The secrets of one working folder: made once, kept with mode 0600, never in the repository or in a bundle. */
export type Install = Omit<z.output<typeof Kept>, "databasePasswords" | "serviceToken"> & {
  readonly databasePasswords: Readonly<Record<keyof z.output<typeof Kept>["databasePasswords"], string>>;
  readonly serviceToken: string;
};

/** Reads the secrets, or makes them where there are none. A broken file is BYN-CLI-003, never overwritten. */
export function readOrMakeInstall(file: string): Install {
  if (!existsSync(file)) return write(file, make());
  const found = parse(file);
  if (found === undefined) {
    throw new BanyanError("BYN-CLI-003", `${file} is not readable as this install's secrets`);
  }
  const whole = completed(found);
  // Made before there was all that there is now.
  return JSON.stringify(whole) === JSON.stringify(found) ? whole : write(file, whole);
}

/** What is there stays as it is. */
function completed(found: z.output<typeof Kept>): Install {
  const { databasePasswords, serviceToken = newSecret(), ...rest } = found;
  const added = Object.fromEntries(
    LATER.filter((name) => databasePasswords[name] === undefined).map((name) => [name, newSecret()]),
  );
  return {
    ...rest,
    databasePasswords: { ...databasePasswords, ...added } as Install["databasePasswords"],
    serviceToken,
  };
}

/** Passwords that the first installs had not. */
const LATER = [
  "cards",
  "orders",
  "inventory",
  "controller",
  "monolithFeed",
  "ordersFeed",
  "inventoryFeed",
] as const;

function write(file: string, install: Install): Install {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(install, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  renameSync(temporary, file);
  return install;
}

function parse(file: string): z.output<typeof Kept> | undefined {
  try {
    return Kept.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

function make(): Install {
  return {
    overrideKey: newSecret(),
    visitorKey: newSecret(),
    adminToken: newSecret(),
    debugToken: newSecret(),
    serviceToken: newSecret(),
    sessionKey: newSessionKey(),
    postgresPassword: newSecret(),
    databasePasswords: {
      monolith: newSecret(),
      catalog: newSecret(),
      feed: newSecret(),
      unleash: newSecret(),
      cards: newSecret(),
      orders: newSecret(),
      inventory: newSecret(),
      controller: newSecret(),
      monolithFeed: newSecret(),
      ordersFeed: newSecret(),
      inventoryFeed: newSecret(),
    },
    unleash: {
      adminPassword: newPassword(),
      adminToken: newToken(),
      backendToken: newToken(),
      sessionSecret: newSecret(),
    },
  };
}
