import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { ErrorRequestHandler } from "express";
import { DatabaseError } from "pg";
import { isUnreachable } from "../log/fault.ts";

/** A database that is away is a 503 (BYN-SHOP-004), not a 500: the same request may succeed later, or at the other side. */
export const databaseAway: ErrorRequestHandler = (error, _request, _response, next) => {
  const away = isUnreachable(error) || isSessionRefused(error);
  next(away ? new BanyanError("BYN-SHOP-004", "the database does not answer", { cause: error }) : error);
};

/** FATAL ends or refuses a whole session (Postgres manual, 19.8.2): never the statement's own fault. */
function isSessionRefused(error: unknown): boolean {
  return error instanceof DatabaseError && error.severity === "FATAL";
}
