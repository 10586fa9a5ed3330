import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { exportJWK, generateKeyPair } from "jose";
import { z } from "zod";

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
export async function readOrMakeInstall(file: string): Promise<Install> {
  if (!existsSync(file)) return write(file, await make());
  const found = parse(file);
  if (found === undefined) {
    throw new BanyanError("BYN-CLI-003", `${file} is not readable as this install's secrets`);
  }
  const { cards } = found.databasePasswords;
  if (cards !== undefined) return { ...found, databasePasswords: { ...found.databasePasswords, cards } };
  // Made before there was a card processor.
  return write(file, { ...found, databasePasswords: { ...found.databasePasswords, cards: secret() } });
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

async function make(): Promise<Install> {
  const { privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  const jwk = await exportJWK(privateKey);
  return {
    overrideKey: secret(),
    visitorKey: secret(),
    adminToken: secret(),
    debugToken: secret(),
    sessionKey: {
      ...(jwk as Record<string, string>),
      kid: randomBytes(8).toString("hex"),
      alg: "EdDSA",
      use: "sig",
    },
    postgresPassword: secret(),
    databasePasswords: {
      monolith: secret(),
      catalog: secret(),
      feed: secret(),
      unleash: secret(),
      cards: secret(),
    },
    unleash: {
      adminPassword: randomBytes(12).toString("base64url"),
      adminToken: randomBytes(32).toString("hex"),
      backendToken: randomBytes(32).toString("hex"),
      sessionSecret: secret(),
    },
  };
}

/** 32 random bytes, base64url. */
function secret(): string {
  return randomBytes(32).toString("base64url");
}
