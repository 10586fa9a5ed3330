import type { PoolClient } from "pg";
import type { CanonicalRow, SideRows } from "./capability.ts";

/**
 * Reads a canonical projection: a relation with `slot`, `id` and `record jsonb`. The text of a jsonb value is
 * canonical (keys ordered and unique, numbers in one spelling), and "C" orders ids the same in every database.
 * `relation` is a name of ours, never input.
 */
export function rowsIn(relation: string): SideRows {
  return {
    rows: async (client, slot) =>
      (
        await client.query<CanonicalRow>(
          `SELECT id, record FROM ${relation} WHERE slot = $1 ORDER BY id COLLATE "C"`,
          [slot],
        )
      ).rows,
    // A hash of hashes keeps what one slot needs in memory at 32 bytes a row.
    checksums: async (client, slot) =>
      (
        await client.query<{ slot: number; rows: number; checksum: string }>(
          `SELECT slot::int AS slot, count(*)::int AS rows,
                  encode(sha256(string_agg(sha256(convert_to(record::text, 'UTF8')), ''::bytea
                    ORDER BY id COLLATE "C")), 'hex') AS checksum
           FROM ${relation} WHERE $1::int IS NULL OR slot = $1 GROUP BY slot`,
          [slot ?? null],
        )
      ).rows,
  };
}

/** Reads a projection without slots: `id` and `record jsonb`. */
export function referenceIn(relation: string): (client: PoolClient) => Promise<readonly CanonicalRow[]> {
  return async (client) =>
    (await client.query<CanonicalRow>(`SELECT id, record FROM ${relation} ORDER BY id COLLATE "C"`)).rows;
}
