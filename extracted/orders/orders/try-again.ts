import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { ErrorRequestHandler } from "express";

/** What ends by itself within a moment: another checkout, the same request, keys that were not fetched yet. */
const SOON: ReadonlySet<string> = new Set(["BYN-SHOP-004", "BYN-SHOP-029", "BYN-SHOP-031"]);
const TRY_AGAIN_S = "1";

/** Says `Retry-After` where the same request is worth sending again. */
export const tryAgain: ErrorRequestHandler = (error, _request, response, next) => {
  if (error instanceof BanyanError && SOON.has(error.code) && !response.headersSent) {
    response.set("retry-after", TRY_AGAIN_S);
  }
  next(error);
};
