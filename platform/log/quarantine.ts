import type { Pool } from "pg";
import { inTransaction } from "../postgres/pool.ts";
import { type CopyRow, lockCopy, type Trouble, writeCopy } from "./copy-row.ts";

/**
 * Quarantines the copy's slot only if, under its lock, it is still `following` and `holds` says that what was seen is
 * still so (§5.5): between seeing and locking, a re-fill may have mended it. Answers whether it did.
 */
export async function quarantine(
  copy: Pool,
  capability: string,
  slot: number,
  trouble: Trouble,
  holds: (row: CopyRow) => boolean,
): Promise<boolean> {
  return inTransaction(copy, async (client) => {
    const row = await lockCopy(client, capability, slot);
    if (row.state !== "following" || !holds(row)) return false;
    await writeCopy(client, capability, { ...row, state: "quarantined", trouble });
    return true;
  });
}
