import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { ErrorRequestHandler } from "express";
import { DatabaseError } from "pg";
import { isUnreachable } from "../log/fault.ts";

/** Postgres manual, appendix A: `lock_timeout` and `statement_timeout` have passed. */
const TOOK_TOO_LONG: Readonly<Record<string, string>> = {
  "55P03": "somebody else works on the same thing",
  "57014": "the database took too long",
};
const TRY_AGAIN_S = 2;

/**
 * A database that is away (BYN-SHOP-004), or that took longer than a request may wait (BYN-SHOP-025), is a 503 with
 * `Retry-After`, not a 500: the same request may succeed later, or at the other side.
 */
export const databaseAway: ErrorRequestHandler = (error, _request, response, next) => {
  const mine = meaningOf(error);
  if (mine !== undefined && !response.headersSent) response.set("retry-after", String(TRY_AGAIN_S));
  next(mine ?? error);
};

function meaningOf(error: unknown): BanyanError | undefined {
  const late = error instanceof DatabaseError ? TOOK_TOO_LONG[error.code ?? ""] : undefined;
  if (late !== undefined) return new BanyanError("BYN-SHOP-025", late, { cause: error });
  if (!isUnreachable(error) && !isSessionRefused(error)) return undefined;
  return new BanyanError("BYN-SHOP-004", "the database does not answer", { cause: error });
}

/** FATAL ends or refuses a whole session (Postgres manual, 19.8.2): never the statement's own fault. */
function isSessionRefused(error: unknown): boolean {
  return error instanceof DatabaseError && error.severity === "FATAL";
}
