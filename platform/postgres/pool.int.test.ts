import { expect, inject, test } from "vitest";
import { createLog } from "../logging/log.ts";
import { createPool, inTransaction } from "./pool.ts";

test("a connection that is cut inside a transaction fails that transaction only; the pool goes on", async () => {
  const pool = createPool(inject("postgresUrl"), { max: 1, name: "cut" }, createLog("test", "silent"));
  const other = createPool(inject("postgresUrl"), { max: 1, name: "cutter" }, createLog("test", "silent"));
  const work = inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const ended = new Promise((resolve) => client.once("end", resolve));
    await other.query("SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
    await ended; // broken between two queries, while the transaction does something else
    await client.query("SELECT 1");
  });
  await expect(work).rejects.toThrow();
  expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  await Promise.all([pool.end(), other.end()]);
});

test("a transaction that throws is rolled back", async () => {
  const pool = createPool(inject("postgresUrl"), { max: 1, name: "rollback" }, createLog("test", "silent"));
  await pool.query("CREATE TEMPORARY TABLE kept (n int)");
  const work = inTransaction(pool, async (client) => {
    await client.query("INSERT INTO kept VALUES (1)");
    throw new Error("no");
  });
  await expect(work).rejects.toThrow("no");
  expect((await pool.query("SELECT n FROM kept")).rows).toEqual([]);
  await pool.end();
});
