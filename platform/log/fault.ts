import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { DatabaseError } from "pg";

/**
 * SQLSTATE classes that pass by themselves: connection, rollback (deadlock, serialization), resources (disk, memory),
 * lock not available, operator (shutdown, cancel), system (PostgreSQL, appendix A). Anything else is the event's fault.
 */
const PASSING = new Set(["08", "40", "53", "55", "57", "58"]);
/** The same statement may work at once on the same server: don't give the round up for it. */
const CONTENTION = new Set(["40001", "40P01", "55P03"]);

/** True when trying the same again later can work; an error that is not Postgres's own is a broken connection. */
export function isPassing(error: unknown): boolean {
  if (error instanceof BanyanError) return error.entry.retryable;
  if (error instanceof DatabaseError) return PASSING.has((error.code ?? "").slice(0, 2));
  return false;
}

/** True for a lock that was not to be had in time, a deadlock or a serialization failure. */
export function isContention(error: unknown): boolean {
  return error instanceof DatabaseError && CONTENTION.has(error.code ?? "");
}

/** Postgres's and the socket's own words for "not there": SQLSTATE 08, 57P0x, 53300, or no SQLSTATE at all. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof BanyanError) return false;
  if (error instanceof DatabaseError) return /^(08...|57P0.|53300)$/.test(error.code ?? "");
  return error instanceof Error && ("syscall" in error || /connect|terminat/i.test(error.message));
}

/** Runs work on one database; when that database is not there, the error says which (BYN-DATA-009). */
export async function at<T>(database: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    throw new BanyanError("BYN-DATA-009", `${database} can't be reached`, { cause: error });
  }
}
