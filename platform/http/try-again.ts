import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { ErrorCode } from "@banyan/contracts/errors/catalogue.ts";
import type { ErrorRequestHandler } from "express";

/**
 * What ends by itself, and in how many seconds or so: keys that were not fetched yet, another checkout, the same request, a
 * copy that is filled just now.
 */
const SOON: Partial<Record<ErrorCode, number>> = {
  "BYN-SHOP-004": 1,
  "BYN-SHOP-029": 1,
  "BYN-SHOP-031": 1,
  "BYN-SHOP-035": 5,
};

/** Says `Retry-After` where the same request is worth sending again. */
export const tryAgain: ErrorRequestHandler = (error, _request, response, next) => {
  const afterS = error instanceof BanyanError ? SOON[error.code] : undefined;
  if (afterS !== undefined && !response.headersSent && !response.hasHeader("retry-after")) {
    response.set("retry-after", String(afterS));
  }
  next(error);
};
