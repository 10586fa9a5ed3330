import { Pool, type PoolClient } from "pg";
import type { Log } from "../logging/log.ts";
import { traceStatements } from "../telemetry/statements.ts";

/** A pool whose idle connections may break (a Postgres restart) without taking the process down. */
export function createPool(
  url: string,
  options: {
    readonly max: number;
    readonly name: string;
    /** The server ends a session that waits longer than this inside a transaction, and lets its locks go. */
    readonly idleInTransactionMs?: number;
    /** A statement that waits longer than this for somebody else's lock fails (55P03). */
    readonly lockMs?: number;
    /** A statement that takes longer than this, its waiting included, fails (57014). */
    readonly statementMs?: number;
  },
  log: Log,
): Pool {
  const pool = new Pool({
    connectionString: url,
    max: options.max,
    application_name: options.name,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: false,
    // Statements that are sent together go in one round trip; they run one after another all the same.
    pipeline: true,
    // A host that vanished would hold its connections for hours.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...(options.idleInTransactionMs === undefined
      ? {}
      : { idle_in_transaction_session_timeout: options.idleInTransactionMs }),
    ...(options.lockMs === undefined ? {} : { lock_timeout: options.lockMs }),
    ...(options.statementMs === undefined ? {} : { statement_timeout: options.statementMs }),
  });
  pool.on("error", (error) =>
    log.warn({ err: error }, "an idle database connection broke; the pool replaces it"),
  );
  traceStatements(pool, url);
  return pool;
}

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  begin = BEGIN,
): Promise<T> {
  return onConnection(pool, async (client) => {
    await client.query(begin);
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  });
}

export const BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED";

/**
 * Lends a connection to `work`, which begins and commits its transaction itself; rolled back when it throws. A connection
 * that can't roll back, or broke, is thrown away, never put back into the pool with an open transaction.
 */
export async function onConnection<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection in use has no listener of the pool's: broken between two queries, it would end the process.
  const broke = (cause: Error) => {
    broken = cause;
  };
  client.on("error", broke);
  try {
    return await work(client);
  } catch (error) {
    await client.query("ROLLBACK").catch(broke);
    throw error;
  } finally {
    client.off("error", broke);
    client.release(broken);
  }
}
