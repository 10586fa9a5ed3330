import { lockSlot, type SlotRow, writeSlot } from "@banyan/platform/handover/slot/slot-row.ts";
import type { Pool, PoolClient } from "pg";
import type { Capability } from "../sides.ts";

/** A slot's row in the drill's own hands. */
export interface HeldRow {
  readonly row: SlotRow;
  /** Does anybody wait for it? */
  isWaitedFor(): Promise<boolean>;
  /** Quarantines the copy, as one that was found different, and lets it go. */
  quarantine(): Promise<void>;
  letGo(): Promise<void>;
}

/** Locks a slot's row, as a transaction that takes its time. */
export async function holdRow(pool: Pool, capability: Capability, slot: number): Promise<HeldRow> {
  const client = await pool.connect();
  // A server that goes away ends the transaction, and with it the fault: it is no reason to die.
  client.on("error", ignore);
  let open = true;
  const end = async (statement: "COMMIT" | "ROLLBACK") => {
    if (!open) return;
    open = false;
    await client.query(statement);
    client.off("error", ignore);
    client.release();
  };
  try {
    await client.query("BEGIN");
    const row = await lockSlot(client, capability, slot);
    const pid = await pidOf(client);
    return {
      row,
      isWaitedFor: async () => {
        const { rowCount } = await pool.query(
          "SELECT FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid)) LIMIT 1",
          [pid],
        );
        return rowCount === 1;
      },
      quarantine: async () => {
        const trouble = { code: "BYN-DATA-005", detail: "the drill says so", seq: row.seq } as const;
        await writeSlot(client, capability, { ...row, state: "quarantined", trouble });
        await end("COMMIT");
      },
      letGo: () => end("ROLLBACK"),
    };
  } catch (error) {
    await end("ROLLBACK").catch(() => {});
    throw error;
  }
}

function ignore(): void {}

async function pidOf(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  return rows[0]?.pid ?? 0;
}
