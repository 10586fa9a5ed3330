import { escapeIdentifier, escapeLiteral, type Pool } from "pg";

/**
 * Lets `role` read the views of one schema of this database and nothing else: that is the peer port (§5.5). Takes
 * away what it may have had before, in any schema. Run it as the database's owner (or an administrator) after the
 * migrations, as often as you like. The views read with their owner's rights, so the role needs none on the tables.
 */
export async function grantFeed(pool: Pool, role: string, feed = "feed"): Promise<void> {
  const name = escapeIdentifier(role);
  const { rows } = await pool.query<{ database: string; schemas: string[] }>(
    `SELECT current_database() AS database, array_agg(nspname::text) AS schemas
     FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'`,
  );
  const found = rows[0];
  if (found === undefined) return;
  const database = escapeIdentifier(found.database);
  await pool.query(
    [
      "BEGIN",
      ...found.schemas
        .map(escapeIdentifier)
        .flatMap((schema) => [
          `REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM ${name}`,
          `REVOKE ALL ON ALL SEQUENCES IN SCHEMA ${schema} FROM ${name}`,
          `REVOKE ALL ON SCHEMA ${schema} FROM ${name}`,
        ]),
      // Postgres lets everyone make temporary tables; nobody needs them here.
      `REVOKE TEMPORARY ON DATABASE ${database} FROM PUBLIC`,
      `REVOKE ALL ON DATABASE ${database} FROM ${name}`,
      `GRANT CONNECT ON DATABASE ${database} TO ${name}`,
      `GRANT USAGE ON SCHEMA ${escapeIdentifier(feed)} TO ${name}`,
      `GRANT SELECT ON ALL TABLES IN SCHEMA ${escapeIdentifier(feed)} TO ${name}`,
      "COMMIT",
    ].join(";\n"),
  );
}

/**
 * Makes the login role that a copy's worker connects as, or sets its password again. It reads only, by default too
 * (`default_transaction_read_only`), and holds at most `connections` connections. Needs an administrator's pool.
 */
export async function ensureFeedRole(
  admin: Pool,
  role: string,
  password: string,
  connections = 20,
): Promise<void> {
  const name = escapeIdentifier(role);
  const rights = `LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT CONNECTION LIMIT ${connections}`;
  const { rowCount } = await admin.query("SELECT FROM pg_roles WHERE rolname = $1", [role]);
  const verb = rowCount === 0 ? "CREATE" : "ALTER";
  await admin.query(`${verb} ROLE ${name} ${rights} PASSWORD ${escapeLiteral(password)}`);
  await admin.query(`ALTER ROLE ${name} SET default_transaction_read_only = on`);
}
