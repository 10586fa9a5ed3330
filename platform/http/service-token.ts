import { createHash, timingSafeEqual } from "node:crypto";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import type { RequestHandler } from "express";

/** In front of internal routes: who does not have the service token finds nothing there (404, BYN-SHOP-003). */
export function onlyServices(token: string): RequestHandler {
  const expected = digestOf(token);
  return (request, _response, next) => {
    const given = request.get(HEADERS.service);
    if (given === undefined || !timingSafeEqual(digestOf(given), expected)) {
      throw new BanyanError(
        "BYN-SHOP-003",
        `nothing at ${request.method} ${request.originalUrl.split("?")[0]}`,
      );
    }
    next();
  };
}

/** Of equal length, whatever was given. */
function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
