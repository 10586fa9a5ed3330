import type { OwnedCapability } from "@banyan/platform/handover/capability.ts";
import type { CanonicalRow, SideRows } from "@banyan/platform/log/capability.ts";
import type { Pool, PoolClient } from "pg";
import { z } from "zod";

/*
 * An owned capability as small as one can be: a slot holds notes. Its one business statement inserts a row with an index
 * beside its key, as an order's would. The cheaper the statement, the more the guard around it weighs.
 */

export const LEDGER = "ledger";

const Note = z.strictObject({ id: z.uuid(), note: z.string() });
export type Note = z.output<typeof Note>;

const TABLE = `
  CREATE TABLE note (id uuid PRIMARY KEY, slot smallint NOT NULL, note text NOT NULL);
  CREATE INDEX note_slot ON note (slot);`;

/** Makes the notes' table, and opens the capability. */
export async function openLedger(pool: Pool, owner: boolean): Promise<void> {
  await pool.query(TABLE);
  await pool.query("SELECT handover.open($1, $2)", [LEDGER, owner]);
}

/** The business part of a write, with the guard and without. */
export async function insertNote(client: PoolClient, slot: number, { id, note }: Note): Promise<void> {
  await client.query({
    name: "bench: note",
    text: "INSERT INTO note (id, slot, note) VALUES ($1, $2, $3)",
    values: [id, slot, note],
  });
}

const rows: SideRows = {
  rows: async (client, slot) =>
    (
      await client.query<CanonicalRow>(
        "SELECT id, jsonb_build_object('id', id, 'note', note) AS record FROM note WHERE slot = $1 ORDER BY id",
        [slot],
      )
    ).rows,
  checksums: async (client, slot) =>
    (
      await client.query<{ slot: number; rows: number; checksum: string }>(
        `SELECT slot::int, count(*)::int AS rows, md5(string_agg(id || note, ',' ORDER BY id)) AS checksum
         FROM note WHERE $1::int IS NULL OR slot = $1 GROUP BY slot`,
        [slot ?? null],
      )
    ).rows,
};

/** The same on both sides. */
export const ledger: OwnedCapability<Note> = {
  name: LEDGER,
  rows,
  parse: (_slot, _seq, changes) => z.array(Note).parse(changes),
  apply: async (client, slot, changes) => {
    for (const change of changes) await insertNote(client, slot, change);
  },
  replace: async (client, slot, given) => {
    await client.query("DELETE FROM note WHERE slot = $1", [slot]);
    await client.query(
      `INSERT INTO note SELECT r.id, $1, r.note FROM jsonb_to_recordset($2::jsonb) AS r (id uuid, note text)`,
      [slot, JSON.stringify(given.map(({ record }) => record))],
    );
  },
};
