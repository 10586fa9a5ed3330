import { randomBytes } from "node:crypto";
import type { Side } from "@banyan/contracts/http/headers.ts";
import { HANDOVER_TABLES } from "@banyan/platform/handover/tables.ts";
import { createLog, type Log } from "@banyan/platform/logging/log.ts";
import { migrate } from "@banyan/platform/postgres/migrate.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import type { Pool } from "pg";
import { addressOf, createDatabase, dropDatabase } from "../../parts/postgres-databases.ts";
import { openLedger } from "./ledger.ts";

/** The server that the bench's databases are made on. */
export interface Server {
  /** Administrator's address. */
  readonly url: string;
  /** Null when it is not ours: then its CPU time is not known. */
  readonly pid: number | null;
}

/** One side's database, with a pool for each process that works on it: nobody waits for another's connections. */
export interface BenchSide {
  readonly url: string;
  readonly web: Pool;
  readonly worker: Pool;
  /** What the peer's worker reads by. */
  readonly feed: Pool;
  readonly controller: Pool;
}

export interface Sides {
  readonly sides: Readonly<Record<Side, BenchSide>>;
  readonly log: Log;
  /** Ends the pools and drops both databases. */
  close(): Promise<void>;
}

const CONNECTIONS = 4;

/** A fresh pair of databases with the ledger in both, owned by the monolith. */
export async function openSides(server: Server, webConnections: number): Promise<Sides> {
  const suffix = randomBytes(4).toString("hex");
  const password = randomBytes(12).toString("hex");
  const log = createLog("bench", "silent");
  const made: { readonly name: string; readonly pools: readonly Pool[] }[] = [];
  const close = async () => {
    for (const { name, pools } of made.splice(0)) {
      await Promise.all(pools.map((pool) => pool.end()));
      await dropDatabase(server.url, { name, owner: name });
    }
  };
  const open = async (side: Side): Promise<BenchSide> => {
    const name = `bench_${side}_${suffix}`;
    const pools: Pool[] = [];
    made.push({ name, pools });
    await createDatabase(server.url, { name, owner: name, password });
    const url = addressOf(server.url, { database: name, user: name, password });
    const poolOf = (who: string, max: number) => {
      const pool = createPool(url, { max, name: `bench ${side} ${who}` }, log);
      pools.push(pool);
      return pool;
    };
    const web = poolOf("web", webConnections);
    await migrate(web, HANDOVER_TABLES);
    await openLedger(web, side === "monolith");
    return {
      url,
      web,
      worker: poolOf("worker", CONNECTIONS),
      feed: poolOf("feed", CONNECTIONS),
      controller: poolOf("controller", CONNECTIONS),
    };
  };
  try {
    const sides = { monolith: await open("monolith"), extracted: await open("extracted") };
    return { sides, log, close };
  } catch (error) {
    await close();
    throw error;
  }
}
