import type { PoolClient } from "pg";
import type { CanonicalRow } from "../../log/capability.ts";

/** The slot's keys and past epochs in the canonical projection. */
export async function carriedRows(
  client: PoolClient,
  capability: string,
  slot: number,
): Promise<readonly CanonicalRow[]> {
  const { rows } = await client.query<CanonicalRow>(
    `SELECT id, record FROM handover.carried WHERE capability = $1 AND slot = $2 ORDER BY id COLLATE "C"`,
    [capability, slot],
  );
  return rows;
}

/** The same, in one word; empty when there are none. */
export async function carriedChecksum(client: PoolClient, capability: string, slot: number): Promise<string> {
  const { rows } = await client.query<{ checksum: string | null }>(
    `SELECT encode(sha256(string_agg(sha256(convert_to(id || record::text, 'UTF8')), ''::bytea
              ORDER BY id COLLATE "C")), 'hex') AS checksum
     FROM handover.carried WHERE capability = $1 AND slot = $2`,
    [capability, slot],
  );
  return rows[0]?.checksum ?? "";
}
