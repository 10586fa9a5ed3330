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
  sessionKey: z.record(z.string(), z.string()),
  postgresPassword: z.string().min(20),
  databasePasswords: z.strictObject({
    monolith: z.string(),
    catalog: z.string(),
    feed: z.string(),
    unleash: z.string(),
    cards: z.string().optional(),
  }),
  unleash: z.strictObject({
    adminPassword: z.string(),
    adminToken: z.string(),
    backendToken: z.string(),
    sessionSecret: z.string(),
  }),
});

/** The secrets of one working folder: made once, kept with mode 0600, never in the repository or in a bundle. */
export type Install = Omit<z.output<typeof Kept>, "databasePasswords"> & {
  readonly databasePasswords: Readonly<Record<keyof z.output<typeof Kept>["databasePasswords"], string>>;
};

/** Reads the secrets, or makes them where there are none. A broken file is BYN-CLI-003, never overwritten. */
export function readOrMakeInstall(file: string): Install {
  if (!existsSync(file)) return write(file, make());
  const found = parse(file);
  if (found === undefined) {
    throw new BanyanError("BYN-CLI-003", `${file} is not readable as this install's secrets`);
  }
  const { cards } = found.databasePasswords;
  if (cards !== undefined) return { ...found, databasePasswords: { ...found.databasePasswords, cards } };
  // Made before there was a card processor.
  return write(file, { ...found, databasePasswords: { ...found.databasePasswords, cards: newSecret() } });
}

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
    sessionKey: newSessionKey(),
    postgresPassword: newSecret(),
    databasePasswords: {
      monolith: newSecret(),
      catalog: newSecret(),
      feed: newSecret(),
      unleash: newSecret(),
      cards: newSecret(),
    },
    unleash: {
      adminPassword: newPassword(),
      adminToken: newToken(),
      backendToken: newToken(),
      sessionSecret: newSecret(),
    },
  };
}
