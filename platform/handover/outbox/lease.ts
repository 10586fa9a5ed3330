import type { Pool } from "pg";

/** The right to be the one that does something, until it runs out. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Higher for each later holder. */
  readonly token: number;
}

/**
 * Takes the lease, or renews it for the holder that has it; undefined while another holds it. `holder` is new for each
 * start of a process. Time is the database's.
 */
export async function takeLease(
  own: Pool,
  name: string,
  holder: string,
  ttlMs: number,
): Promise<Lease | undefined> {
  const { rows } = await own.query<{ token: string }>(
    `INSERT INTO handover.lease AS held (name, holder, token, expires_at)
     VALUES ($1, $2, 1, now() + make_interval(secs => $3::float8 / 1000))
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at,
       token = held.token + CASE WHEN held.holder = excluded.holder THEN 0 ELSE 1 END
     WHERE held.holder = excluded.holder OR held.expires_at <= now()
     RETURNING token`,
    [name, holder, ttlMs],
  );
  return rows[0] === undefined ? undefined : { name, holder, token: Number(rows[0].token) };
}

/** Gives the lease back, so that the next holder need not wait for its end. */
export async function giveLease(own: Pool, lease: Lease): Promise<void> {
  await own.query("UPDATE handover.lease SET expires_at = now() WHERE name = $1 AND token = $2", [
    lease.name,
    lease.token,
  ]);
}
