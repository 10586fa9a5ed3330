import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Pool, PoolClient } from "pg";
import { isContention } from "../../log/fault.ts";
import { inTransaction } from "../../postgres/pool.ts";

/** What a controller brings to each of its acts (§5.14). */
export interface Act {
  /** Of the controller's lease: a later holder's is higher. */
  readonly token: number;
  /** Between two tries for a lock. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** A slot's row is waited for this long, and no longer: new writers queue behind who waits (§5.6). */
const BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '200ms'";
const TRIES = 5;
const PAUSE_MS = 100;

/**
 * One act of a controller at one database: a transaction that first proves that no newer controller has acted here, then
 * does its work. A lock that is not to be had in 200 ms is let go and tried again, five times in all.
 * @throws BYN-DATA-022 a newer controller was here; BYN-DATA-025 the slot was busy all the time; what `work` throws.
 */
export async function inAct<T>(
  database: Pool,
  act: Act,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  for (let left = TRIES; ; ) {
    try {
      const proved = async (client: PoolClient): Promise<T> => {
        await checkToken(client, act.token);
        return work(client);
      };
      return await inTransaction(database, proved, BEGIN);
    } catch (error) {
      if (!isContention(error)) throw error;
      left -= 1;
      if (left === 0) {
        throw new BanyanError("BYN-DATA-025", "the slot's row was locked all the time", { cause: error });
      }
      await act.sleep(PAUSE_MS);
    }
  }
}

/**
 * Keeps the highest token seen and refuses lower ones. Always before the slot's lock: one order for all acts. The shared
 * lock lets one controller's acts go side by side, and makes a newer controller's first act wait for them.
 */
async function checkToken(client: PoolClient, token: number): Promise<void> {
  await client.query("UPDATE handover.controller SET token = $1 WHERE token < $1", [token]);
  const { rows } = await client.query<{ token: string }>("SELECT token FROM handover.controller FOR SHARE");
  const seen = Number(rows[0]?.token);
  if (seen > token) {
    throw new BanyanError(
      "BYN-DATA-022",
      `token ${token} is below ${seen}, which a newer controller brought`,
    );
  }
}

/** BYN-DATA-023: the slot is not any more what the controller read. */
export function changed(capability: string, slot: number, wanted: string): BanyanError {
  return new BanyanError("BYN-DATA-023", `slot ${slot} of ${capability} is no longer ${wanted}`);
}
