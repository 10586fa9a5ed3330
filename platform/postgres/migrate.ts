import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Pool } from "pg";
import { inTransaction } from "./pool.ts";

const LOCK = 7_226_926; // any constant: one migrator at a time per database

/**
 * Applies the `NNN-name.sql` files of a folder in order, each once, in one transaction for all; answers the names
 * applied now. A file that was applied before and has changed since is BYN-DATA-001: nothing is applied.
 */
export async function migrate(pool: Pool, folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{3}-[a-z0-9-]+\.sql$/.test(name)).sort();
  return inTransaction(pool, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    await client.query(
      "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())",
    );
    const done = new Map(
      (await client.query<{ name: string; sha256: string }>("SELECT name, sha256 FROM migration")).rows.map(
        (row) => [row.name, row.sha256],
      ),
    );
    const applied: string[] = [];
    for (const name of names) {
      const sql = await readFile(join(folder, name), "utf8");
      const sha256 = createHash("sha256").update(sql).digest("hex");
      const before = done.get(name);
      if (before === sha256) continue;
      if (before !== undefined) {
        throw new BanyanError("BYN-DATA-001", `migration ${name} has changed since it was applied`);
      }
      await client.query(sql);
      await client.query("INSERT INTO migration (name, sha256) VALUES ($1, $2)", [name, sha256]);
      applied.push(name);
    }
    return applied;
  });
}
