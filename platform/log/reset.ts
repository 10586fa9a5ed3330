import type { Pool } from "pg";
import { inTransaction } from "../postgres/pool.ts";
import { ALL, announce } from "./announce.ts";
import type { CopiedCapability } from "./capability.ts";

/**
 * Makes the copy what it was before its first back-fill: no rows, every slot `empty` at 0. For tests and for a copy
 * that is ahead of its owner (BYN-DATA-008), once a person has decided that the owner is right.
 */
export async function resetCopy<Change>(capability: CopiedCapability<Change>, copy: Pool): Promise<void> {
  await inTransaction(copy, async (client) => {
    await client.query("SELECT FROM copy WHERE capability = $1 ORDER BY slot FOR NO KEY UPDATE", [
      capability.name,
    ]);
    await capability.clear(client);
    await client.query(
      `UPDATE copy SET seq = 0, state = 'empty', trouble_code = NULL, trouble_detail = NULL, trouble_seq = NULL,
         trouble_since = NULL WHERE capability = $1`,
      [capability.name],
    );
    await announce(client, capability.channel, [ALL]);
  });
}
