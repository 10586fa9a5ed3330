import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Pool, PoolClient } from "pg";

/** The answer that a repeat of the request gets again. */
export interface StoredResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** An `Idempotency-Key` in its scope (§5.3); capability and slot are the write's own. */
export interface WriteKey {
  /** Who asks: one client's keys are nothing to another. */
  readonly principal: string;
  /** Method and route pattern: the same key at another route is another key. */
  readonly route: string;
  readonly key: string;
  /** Of the request's body: the same key with another body is refused. */
  readonly bodyHash: string;
}

/** A key as it is stored and as it moves with its slot. */
export interface KeyRecord extends WriteKey {
  /** Null while the request that brought the key is in progress (§5.13). */
  readonly response: StoredResponse | null;
}

/**
 * Stores the key $3 of the slot $2 of capability $1, or gives one in progress its response; a response that stands is
 * never replaced. An empty object in $3 stores nothing.
 */
export const KEEP_KEY = `INSERT INTO handover.key (capability, slot, principal, route, key, body_hash, response)
  SELECT $1::text, $2::smallint, r.principal, r.route, r.key, r."bodyHash", r.response
  FROM jsonb_to_record($3::jsonb)
    AS r (principal text, route text, key text, "bodyHash" text, response jsonb) WHERE r.key IS NOT NULL
  ON CONFLICT (capability, slot, principal, route, key) DO UPDATE SET response = excluded.response
  WHERE key.response IS NULL`;

/** What is stored under the key; the body's hash is the stored one. */
export async function findKey(
  client: Pool | PoolClient,
  capability: string,
  slot: number,
  { principal, route, key }: WriteKey,
): Promise<KeyRecord | undefined> {
  const { rows } = await client.query<{ body_hash: string; response: StoredResponse | null }>({
    name: "handover: key",
    text: `SELECT body_hash, response FROM handover.key
           WHERE capability = $1 AND slot = $2 AND principal = $3 AND route = $4 AND key = $5`,
    values: [capability, slot, principal, route, key],
  });
  const [found] = rows;
  if (found === undefined) return undefined;
  return { principal, route, key, bodyHash: found.body_hash, response: found.response };
}

export function otherBody(): BanyanError {
  return new BanyanError("BYN-DATA-021", "this Idempotency-Key came before with another body");
}

/** Every key of the slot. */
export async function readKeys(
  client: PoolClient,
  capability: string,
  slot: number,
): Promise<readonly KeyRecord[]> {
  const { rows } = await client.query<KeyRecord>(
    `SELECT principal, route, key, body_hash AS "bodyHash", response FROM handover.key
     WHERE capability = $1 AND slot = $2`,
    [capability, slot],
  );
  return rows;
}

/** Makes the slot's keys exactly these. */
export async function replaceKeys(
  client: PoolClient,
  capability: string,
  slot: number,
  keys: readonly KeyRecord[],
): Promise<void> {
  await client.query("DELETE FROM handover.key WHERE capability = $1 AND slot = $2", [capability, slot]);
  await client.query(
    `INSERT INTO handover.key (capability, slot, principal, route, key, body_hash, response)
     SELECT $1, $2, principal, route, key, "bodyHash", response FROM jsonb_to_recordset($3::jsonb)
       AS r (principal text, route text, key text, "bodyHash" text, response jsonb)`,
    [capability, slot, JSON.stringify(keys)],
  );
}
