import type { Pool } from "pg";
import { inTransaction } from "../../postgres/pool.ts";
import { lockSlot, writeSlot } from "./slot-row.ts";

/**
 * Lets a slot take events again that an impossible one stopped (BYN-DATA-026), once a person has looked. Answers whether
 * there was an alarm; other trouble stays.
 */
export async function dismissAlarm(own: Pool, capability: string, slot: number): Promise<boolean> {
  return inTransaction(own, async (client) => {
    const row = await lockSlot(client, capability, slot);
    if (row.trouble?.code !== "BYN-DATA-026") return false;
    await writeSlot(client, capability, { ...row, trouble: undefined });
    return true;
  });
}
