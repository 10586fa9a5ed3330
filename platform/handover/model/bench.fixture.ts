import { randomBytes } from "node:crypto";
import { SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { Pool, type PoolClient } from "pg";
import { z } from "zod";
import type { CanonicalRow, SideRows } from "../../log/capability.ts";
import { migrate } from "../../postgres/migrate.ts";
import type { OwnedCapability } from "../capability.ts";
import { HANDOVER_TABLES } from "../tables.ts";

/*
 * Two real databases with the handover's tables and a capability as small as one can be: a slot's value is the list of
 * its writes, in order. So "once", "in order" and "nothing lost" can be read off.
 */

const Change = z.strictObject({ write: z.string() });
export type Change = z.output<typeof Change>;

const OWN_TABLES = `
  CREATE TABLE entry (capability text, slot smallint, pos int, write text CHECK (write <> 'poison'));
  CREATE INDEX ON entry (capability, slot, pos);`;

/** The list of writes of each slot of this capability; the same on both sides. */
export function listOf(name: string): OwnedCapability<Change> {
  const rows: SideRows = {
    rows: async (client, slot) =>
      (
        await client.query<CanonicalRow>(
          `SELECT to_char(pos, 'FM000000') AS id, jsonb_build_object('pos', pos, 'write', write) AS record
           FROM entry WHERE capability = $1 AND slot = $2 ORDER BY pos`,
          [name, slot],
        )
      ).rows,
    checksums: async (client, slot) =>
      (
        await client.query<{ slot: number; rows: number; checksum: string }>(
          `SELECT slot::int, count(*)::int AS rows, md5(string_agg(pos || ' ' || write, ',' ORDER BY pos)) AS checksum
           FROM entry WHERE capability = $1 AND ($2::int IS NULL OR slot = $2) GROUP BY slot`,
          [name, slot ?? null],
        )
      ).rows,
  };
  return {
    name,
    rows,
    parse: (_slot, _seq, changes) => z.array(Change).parse(changes),
    apply: async (client, slot, changes) => {
      for (const { write } of changes) await appendEntry(client, name, slot, write);
    },
    replace: async (client, slot, rows) => {
      await client.query("DELETE FROM entry WHERE capability = $1 AND slot = $2", [name, slot]);
      await client.query(
        `INSERT INTO entry SELECT $1, $2, (record ->> 'pos')::int, record ->> 'write'
         FROM jsonb_array_elements($3::jsonb) AS record`,
        [name, slot, JSON.stringify(rows.map((row) => row.record))],
      );
    },
  };
}

/** The business part of a write. */
export async function appendEntry(
  client: PoolClient,
  capability: string,
  slot: number,
  write: string,
): Promise<void> {
  await client.query(
    `INSERT INTO entry SELECT $1, $2, count(*) + 1, $3 FROM entry WHERE capability = $1 AND slot = $2`,
    [capability, slot, write],
  );
}

export interface Bench {
  readonly pools: Readonly<Record<Side, Pool>>;
  readonly urls: Readonly<Record<Side, string>>;
  /** Opens a capability of one slot at both sides, the monolith owning, and lets every controller token in again. */
  open(capability: string, slot: number): Promise<void>;
  /** Empties every table. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** A fresh pair of databases on the server of `adminUrl`; `close` removes them. */
export async function createBench(adminUrl: string): Promise<Bench> {
  const admin = new Pool({ connectionString: adminUrl, max: 1 });
  const suffix = randomBytes(5).toString("hex");
  const names = { monolith: `monolith_${suffix}`, extracted: `extracted_${suffix}` };
  const urls = { monolith: "", extracted: "" };
  for (const side of SIDES) {
    await admin.query(`CREATE DATABASE ${names[side]} TEMPLATE template0 ENCODING 'UTF8'`);
    const url = new URL(adminUrl);
    url.pathname = `/${names[side]}`;
    urls[side] = url.href;
  }
  const pools = { monolith: quietPool(urls.monolith), extracted: quietPool(urls.extracted) };
  for (const side of SIDES) {
    await migrate(pools[side], HANDOVER_TABLES);
    await pools[side].query(OWN_TABLES);
  }
  const onBoth = (work: (pool: Pool, side: Side) => Promise<unknown>) =>
    Promise.all(SIDES.map((side) => work(pools[side], side)));
  return {
    pools,
    urls,
    open: async (capability, slot) => {
      await onBoth((pool, side) => pool.query(OPEN, [capability, slot, side === "monolith"]));
    },
    clear: async () => {
      await onBoth((pool) =>
        pool.query(
          `TRUNCATE entry, handover.slot, handover.past_epoch, handover.outbox, handover.key, handover.foreign_tail,
             handover.sent, handover.lease, handover.consumed`,
        ),
      );
    },
    close: async () => {
      await onBoth((pool) => pool.end());
      for (const side of SIDES) await admin.query(`DROP DATABASE ${names[side]} WITH (FORCE)`);
      await admin.end();
    },
  };
}

// What handover.open does, for one slot.
const OPEN = `WITH opened AS (
    INSERT INTO handover.slot (capability, slot, owner, state)
    SELECT $1::text, $2::smallint, $3, CASE WHEN $3 THEN 'following' ELSE 'empty' END
  ), relayed AS (INSERT INTO handover.sent VALUES ($1, $2, 0))
  UPDATE handover.controller SET token = 0`;

function quietPool(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: 8, connectionTimeoutMillis: 5_000, pipeline: true });
  pool.on("error", () => {});
  return pool;
}
