import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Pool, type PoolClient } from "pg";
import { z } from "zod";
import { createLog, type Log } from "../logging/log.ts";
import { inTransaction } from "../postgres/pool.ts";
import { referenceIn, rowsIn } from "./canonical.ts";
import type { CopiedCapability } from "./capability.ts";
import { recordChanges } from "./outbox.ts";

/*
 * A small capability for the tests of the log: items with a number, on two real databases made from the very SQL that
 * README.md prescribes. The copy keeps a journal of what was applied, so that "once" and "in order" can be seen.
 */

const Change = z.strictObject({
  id: z.string(),
  /** Null removes the item. A negative one is refused by the copy's table: a bad event. */
  value: z.int().nullable(),
  /** A kind that the copy doesn't know is refused by a deferred constraint: another kind of bad event. */
  kind: z.string().default("plain"),
});
const Payload = z.strictObject({ changes: z.array(Change) });
type Change = z.output<typeof Change>;

const OWNER = `
  CREATE TABLE item (id text PRIMARY KEY, slot smallint NOT NULL, value int NOT NULL, kind text NOT NULL);
  CREATE TABLE kind (id text PRIMARY KEY);
  INSERT INTO kind VALUES ('plain');
  CREATE VIEW feed.item AS SELECT slot, id, jsonb_build_object('value', value, 'kind', kind) AS record FROM item;
  CREATE VIEW feed.kind AS SELECT id, '{}'::jsonb AS record FROM kind;`;

const COPY = `
  CREATE TABLE kind (id text PRIMARY KEY);
  CREATE TABLE item (
    kind text NOT NULL REFERENCES kind DEFERRABLE INITIALLY DEFERRED,
    value int NOT NULL CHECK (value >= 0), slot smallint NOT NULL, id text PRIMARY KEY
  );
  CREATE TABLE journal (n bigserial PRIMARY KEY, slot smallint NOT NULL, id text NOT NULL, value int);
  CREATE VIEW feed.item AS SELECT slot, id, jsonb_build_object('kind', kind, 'value', value) AS record FROM item;
  CREATE VIEW feed.kind AS SELECT id, '{}'::jsonb AS record FROM kind;`;

export const sample: CopiedCapability<Change> = {
  name: "sample",
  channel: "sample_applied",
  source: rowsIn("feed.item"),
  copy: rowsIn("feed.item"),
  reference: {
    source: referenceIn("feed.kind"),
    copy: referenceIn("feed.kind"),
    replace: async (client, rows) => {
      await client.query("DELETE FROM kind");
      await client.query("INSERT INTO kind SELECT unnest($1::text[])", [rows.map((row) => row.id)]);
    },
  },
  parse: (_slot, _seq, payload) => Payload.parse(payload).changes,
  apply: async (client, slot, changes) => {
    for (const change of changes) await save(client, slot, change, true);
    return changes.map((change) => change.id);
  },
  replace: async (client, slot, rows) => {
    await client.query("DELETE FROM item WHERE slot = $1", [slot]);
    for (const { id, record } of rows) await save(client, slot, Change.parse({ ...record, id }), false);
  },
  clear: async (client) => {
    await client.query("DELETE FROM item");
  },
};

async function save(client: PoolClient, slot: number, change: Change, journal: boolean): Promise<void> {
  const { id, value, kind } = change;
  if (value === null) await client.query("DELETE FROM item WHERE id = $1", [id]);
  else {
    await client.query(
      `INSERT INTO item (id, slot, value, kind) VALUES ($1, $2, $3, $4)
       ON CONFLICT (id) DO UPDATE SET value = excluded.value, kind = excluded.kind`,
      [id, slot, value, kind],
    );
  }
  if (journal) {
    await client.query("INSERT INTO journal (slot, id, value) VALUES ($1, $2, $3)", [slot, id, value]);
  }
}

export interface Sample {
  readonly source: Pool;
  readonly copy: Pool;
  readonly sourceUrl: string;
  readonly copyUrl: string;
  readonly log: Log;
  readonly slots: number;
  /** One edit as an owner makes it. */
  edit(slot: number, id: string, value: number | null, kind?: string): Promise<number>;
  /** Values in the order in which they were applied to the slot. */
  journal(slot: number): Promise<(number | null)[]>;
  close(): Promise<void>;
}

/** Two fresh databases beside each other on the server of `adminUrl`; `close` removes them. */
export async function createSample(adminUrl: string, slots: number): Promise<Sample> {
  const admin = new Pool({ connectionString: adminUrl, max: 1 });
  const suffix = randomBytes(5).toString("hex");
  const names = [`owner_${suffix}`, `copy_${suffix}`] as const;
  for (const name of names) await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const [sourceUrl, copyUrl] = names.map((name) => {
    const url = new URL(adminUrl);
    url.pathname = `/${name}`;
    return url.href;
  }) as [string, string];
  const source = quietPool(sourceUrl, 60);
  const copy = quietPool(copyUrl, 10);
  const sql = await prescribedSql(slots);
  await source.query(sql.owner + OWNER);
  await copy.query(sql.copy + COPY);
  return {
    source,
    copy,
    sourceUrl,
    copyUrl,
    log: createLog("sample", "silent"),
    slots,
    edit: (slot, id, value, kind = "plain") =>
      inTransaction(source, async (client) => {
        const { seq } = await recordChanges(client, sample.name, slot, [{ id, value, kind }]);
        await ownRow(client, slot, id, value, kind);
        return seq;
      }),
    journal: async (slot) => {
      const found = await copy.query<{ value: number | null }>(
        "SELECT value FROM journal WHERE slot = $1 ORDER BY n",
        [slot],
      );
      return found.rows.map((row) => row.value);
    },
    close: async () => {
      await Promise.all([source.end(), copy.end()]);
      for (const name of names) await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

export async function ownRow(
  client: PoolClient,
  slot: number,
  id: string,
  value: number | null,
  kind = "plain",
): Promise<void> {
  if (value === null) await client.query("DELETE FROM item WHERE id = $1", [id]);
  else {
    await client.query(
      `INSERT INTO item (id, slot, value, kind) VALUES ($1, $2, $3, $4)
       ON CONFLICT (id) DO UPDATE SET value = excluded.value, kind = excluded.kind`,
      [id, slot, value, kind],
    );
  }
}

/** The SQL blocks of README.md: the owner's first, the copy's last. */
async function prescribedSql(slots: number): Promise<{ owner: string; copy: string }> {
  const text = await readFile(new URL("README.md", import.meta.url), "utf8");
  const blocks = [...text.matchAll(/```sql\n(.*?)```/gs)].map((match) =>
    (match[1] ?? "").replace("'catalog', generate_series(1, 100)", `'sample', generate_series(1, ${slots})`),
  );
  const [owner, copy] = [blocks.at(0), blocks.at(-1)];
  if (owner === undefined || copy === undefined) throw new Error("README.md has no SQL blocks");
  return { owner, copy };
}

function quietPool(url: string, max: number): Pool {
  const pool = new Pool({ connectionString: url, max, connectionTimeoutMillis: 5_000 });
  pool.on("error", () => {});
  return pool;
}

/** Waits for a condition, never for time; the bound is for hangs. */
export async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  const endMs = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
