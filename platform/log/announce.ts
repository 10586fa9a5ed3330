import type { PoolClient } from "pg";

/** Everything may have changed: a listener forgets all that it keeps. */
export const ALL = "*";

/** Postgres refuses a NOTIFY payload of 8000 bytes or more. */
const PAYLOAD_BOUND_BYTES = 7_900;
/** More notifications than this in one transaction say no more than "everything". */
const MOST_PAYLOADS = 20;

/** The payloads that name these ids: JSON arrays, each under the bound, together at most 20, else `["*"]`. */
export function payloadsOf(ids: readonly string[]): string[] {
  const payloads: string[] = [];
  let part: string[] = [];
  let bytes = 2;
  for (const id of new Set(ids)) {
    const size = Buffer.byteLength(JSON.stringify(id)) + 1;
    if (id === ALL || size + 2 > PAYLOAD_BOUND_BYTES) return [JSON.stringify([ALL])];
    if (bytes + size > PAYLOAD_BOUND_BYTES) {
      payloads.push(JSON.stringify(part));
      part = [];
      bytes = 2;
    }
    part.push(id);
    bytes += size;
  }
  if (part.length > 0) payloads.push(JSON.stringify(part));
  return payloads.length > MOST_PAYLOADS ? [JSON.stringify([ALL])] : payloads;
}

/** Tells the copy's readers which ids changed, when and only if this transaction commits. */
export async function announce(client: PoolClient, channel: string, ids: readonly string[]): Promise<void> {
  const payloads = payloadsOf(ids);
  if (payloads.length === 0) return;
  await client.query("SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload", [channel, payloads]);
}
