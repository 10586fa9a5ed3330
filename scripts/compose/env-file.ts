import { generateKeyPairSync, randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** What docker-compose.yml wants from `.env`, and how each is made. All are secrets, so none stands in the repository. */
export const SECRETS: Readonly<Record<string, () => string>> = {
  POSTGRES_PASSWORD: secret,
  MONOLITH_DATABASE_PASSWORD: secret,
  CATALOG_DATABASE_PASSWORD: secret,
  CARDS_DATABASE_PASSWORD: secret,
  FEED_DATABASE_PASSWORD: secret,
  UNLEASH_DATABASE_PASSWORD: secret,
  UNLEASH_SECRET: secret,
  UNLEASH_ADMIN_PASSWORD: password,
  UNLEASH_ADMIN_TOKEN: token,
  UNLEASH_BACKEND_TOKEN: token,
  SESSION_KEY: sessionKey,
  BANYAN_OVERRIDE_KEY: secret,
  BANYAN_VISITOR_KEY: secret,
  BANYAN_ADMIN_TOKEN: secret,
  BANYAN_DEBUG_TOKEN: secret,
  GRAFANA_ADMIN_PASSWORD: password,
};

const HEAD =
  "# Secrets of this folder's containers, made by `npm run compose:env`. Not for the repository.\n";

/**
 * Puts what is missing into the file and leaves what is there, so that it fits the volumes that were made with it. The
 * file is replaced in one move and only its owner may read it (mode 0600). Values stand in single quotes: then compose
 * takes them as they are.
 * @returns the names that were added
 */
export function completeEnvFile(file: string, secrets = SECRETS): string[] {
  const before = existsSync(file) ? readFileSync(file, "utf8") : HEAD;
  const { text, added } = completed(before, secrets);
  if (added.length === 0) {
    chmodSync(file, 0o600);
    return added;
  }
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600, flag: "wx" });
  renameSync(draft, file);
  return added;
}

/** A name without a value counts as missing, as it does for compose's `:?`; its empty line goes. */
export function completed(
  before: string,
  secrets: Readonly<Record<string, () => string>>,
): { readonly text: string; readonly added: string[] } {
  const given = new Set(
    [...before.matchAll(/^(?:export )?([A-Z][A-Z0-9_]*)=(?!["']{0,2}\s*$)/gm)].map(([, name]) => name),
  );
  const added = Object.keys(secrets).filter((name) => !given.has(name));
  const kept = before
    .split("\n")
    .filter((line) => !added.includes(/^(?:export )?([A-Z][A-Z0-9_]*)=/.exec(line)?.[1] ?? ""))
    .join("\n");
  const lines = added.map((name) => `${name}='${secrets[name]?.() ?? ""}'\n`);
  return { text: `${kept}${kept === "" || kept.endsWith("\n") ? "" : "\n"}${lines.join("")}`, added };
}

/** 32 random bytes in base64url: nothing in it has to be quoted in an address. */
function secret(): string {
  return randomBytes(32).toString("base64url");
}

/** For a person to type. */
function password(): string {
  return randomBytes(12).toString("base64url");
}

function token(): string {
  return randomBytes(32).toString("hex");
}

/** The private Ed25519 key that signs sessions, as a JWK (RFC 8037 §2). */
function sessionKey(): string {
  const jwk = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return JSON.stringify({ ...jwk, kid: randomBytes(8).toString("hex"), alg: "EdDSA", use: "sig" });
}
