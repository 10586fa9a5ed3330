import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { Client, escapeIdentifier, escapeLiteral } from "pg";
import { reasonOf } from "./tool.ts";

/** Makers of databases take turns under this advisory lock ("banyan" as a number). */
const TURN = 0x62616e79;

export interface DatabaseSpec {
  readonly name: string;
  readonly owner: string;
  readonly password: string;
}

/**
 * Makes sure that a role and a database of its own exist, and that the role has this password; as often as wanted.
 * Nobody but the owner and administrators may connect.
 * @returns the owner's address of that database (password in it: never print it)
 * @throws BYN-PARTS-006
 */
export async function createDatabase(adminUrl: string, spec: DatabaseSpec): Promise<string> {
  const [name, owner] = [escapeIdentifier(spec.name), escapeIdentifier(spec.owner)];
  await withClient(adminUrl, async (client) => {
    await client.query("SELECT pg_advisory_lock($1)", [TURN]);
    await createRole(client, spec.owner, spec.password);
    // A maker that is no superuser may give a database only to a role whose member it is.
    await client.query(`GRANT ${owner} TO CURRENT_USER`);
    const there = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [spec.name]);
    if (there.rowCount === 0) await client.query(`CREATE DATABASE ${name} OWNER ${owner}`);
    await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  });
  return addressOf(adminUrl, { database: spec.name, user: spec.owner, password: spec.password });
}

/** Drops a database, cutting its connections, and then its owner if one is named; no error when they are gone. */
export async function dropDatabase(
  adminUrl: string,
  { name, owner }: { name: string; owner?: string },
): Promise<void> {
  await withClient(adminUrl, async (client) => {
    await client.query("SELECT pg_advisory_lock($1)", [TURN]);
    await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
    if (owner !== undefined) await client.query(`DROP ROLE IF EXISTS ${escapeIdentifier(owner)}`);
  });
}

/**
 * Connects once, and checks that the user may make databases and roles.
 * @throws BYN-PARTS-006, -015
 */
export async function checkServer(adminUrl: string): Promise<void> {
  const rights = await withClient(adminUrl, (client) =>
    client.query<{ ok: boolean; version: number }>(
      `SELECT rolsuper OR (rolcreatedb AND rolcreaterole) AS ok,
              current_setting('server_version_num')::int / 10000 AS version
         FROM pg_roles WHERE rolname = current_user`,
    ),
  );
  const row = rights.rows[0];
  if (row?.ok !== true) throw new BanyanError("BYN-PARTS-006", "Its user may not make databases and roles.");
  if (row.version < 15)
    throw new BanyanError(
      "BYN-PARTS-015",
      `The server is Postgres ${row.version}; Banyan needs 15 or newer.`,
    );
}

/** The same server's address with another database, user and password. */
export function addressOf(
  adminUrl: string,
  { database, user, password }: { database: string; user: string; password: string },
): string {
  const url = new URL(adminUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  return url.href;
}

async function createRole(client: Client, owner: string, password: string): Promise<void> {
  const there = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [owner]);
  const verb = there.rowCount === 0 ? "CREATE" : "ALTER";
  // DDL takes no parameters: quoted by pg's own functions.
  await client.query(`${verb} ROLE ${escapeIdentifier(owner)} LOGIN PASSWORD ${escapeLiteral(password)}`);
}

async function withClient<T>(adminUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  let client: Client | undefined;
  try {
    client = new Client({
      connectionString: adminUrl,
      connectionTimeoutMillis: 5_000,
      application_name: "banyan",
    });
    // A server that dies under a query is told by that query; without a listener it would end the process.
    client.on("error", () => undefined);
    await client.connect();
    return await work(client);
  } catch (cause) {
    if (cause instanceof BanyanError) throw cause;
    throw serverError(adminUrl, cause);
  } finally {
    await client?.end().catch(() => undefined);
  }
}

function serverError(adminUrl: string, cause: unknown): BanyanError {
  const where = URL.canParse(adminUrl) ? new URL(adminUrl).host : "the given address";
  const refused = cause instanceof Error && "code" in cause && cause.code === "28P01";
  const detail = refused
    ? `The server at ${where} was set up with another password.`
    : `The server at ${where} says: ${reasonOf(cause)}.`;
  return new BanyanError("BYN-PARTS-006", detail, { cause });
}
