import type { Pool, PoolClient } from "pg";
import { inTransaction } from "../postgres/pool.ts";

/** Reads on one side at one moment: everything that `read` sees is of the same snapshot. */
export function inSnapshot<T>(pool: Pool, read: (client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, read, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}
