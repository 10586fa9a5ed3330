import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { newPassword, newSecret, newSessionKey, newToken } from "../stack/secrets.ts";

/** What docker-compose.yml wants from `.env`, and how each is made. All are secrets, so none stands in the repository. */
export const SECRETS: Readonly<Record<string, () => string>> = {
  POSTGRES_PASSWORD: newSecret,
  MONOLITH_DATABASE_PASSWORD: newSecret,
  CATALOG_DATABASE_PASSWORD: newSecret,
  CARDS_DATABASE_PASSWORD: newSecret,
  FEED_DATABASE_PASSWORD: newSecret,
  ORDERS_DATABASE_PASSWORD: newSecret,
  INVENTORY_DATABASE_PASSWORD: newSecret,
  CONTROLLER_DATABASE_PASSWORD: newSecret,
  MONOLITH_FEED_PASSWORD: newSecret,
  ORDERS_FEED_PASSWORD: newSecret,
  INVENTORY_FEED_PASSWORD: newSecret,
  UNLEASH_DATABASE_PASSWORD: newSecret,
  UNLEASH_SECRET: newSecret,
  UNLEASH_ADMIN_PASSWORD: newPassword,
  UNLEASH_ADMIN_TOKEN: newToken,
  UNLEASH_BACKEND_TOKEN: newToken,
  SESSION_KEY: () => JSON.stringify(newSessionKey()),
  BANYAN_OVERRIDE_KEY: newSecret,
  BANYAN_VISITOR_KEY: newSecret,
  BANYAN_ADMIN_TOKEN: newSecret,
  BANYAN_DEBUG_TOKEN: newSecret,
  SERVICE_TOKEN: newSecret,
  GRAFANA_ADMIN_PASSWORD: newPassword,
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
