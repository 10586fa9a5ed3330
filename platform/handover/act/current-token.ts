import type { Pool } from "pg";

/**
 * The highest token that a controller has shown here: for an act by hand beside it (a fill), which must neither be taken
 * for an old controller's nor shut the present one out. A newer controller's first act refuses it (BYN-DATA-022).
 */
export async function currentToken(database: Pool): Promise<number> {
  const { rows } = await database.query<{ token: string }>("SELECT token FROM handover.controller");
  return Number(rows[0]?.token ?? 0);
}
