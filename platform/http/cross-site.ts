import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Request, RequestHandler } from "express";

/**
 * Refuses changes that another site makes a browser ask for (BYN-SHOP-008): the browser sends the cookie along. A
 * browser says where a request came from (Fetch Metadata, `Sec-Fetch-Site`), and no page can forge that. One that does
 * not say it can still send no JSON for another site without asking first (Fetch, "CORS-preflight fetch"); what is no
 * JSON must come from the shop's own pages by its Origin, or Referer.
 */
export const refuseCrossSite: RequestHandler = (request, _response, next) => {
  if (["GET", "HEAD", "OPTIONS"].includes(request.method)) {
    next();
    return;
  }
  const site = request.get("sec-fetch-site");
  if (site === "cross-site") {
    throw new BanyanError("BYN-SHOP-008", "the browser says that another site asked for this");
  }
  // Another port or subdomain is the same site, with the cookie along, and still not this shop.
  const isOwnBrowser = site === "same-origin" || site === "none";
  if (!isOwnBrowser && !isJson(request) && !isFromOwnPages(request)) {
    throw new BanyanError(
      "BYN-SHOP-008",
      "nothing says that this shop's own pages asked for this: send JSON, or an Origin of this host",
    );
  }
  next();
};

/** By what it says, with a body or without: a page of another site can't say it unasked. */
function isJson(request: Request): boolean {
  return /^application\/json\s*(;|$)/i.test(request.get("content-type") ?? "");
}

/** The host is the one that the browser asked: `X-Forwarded-Host` where a trusted proxy says it, else `Host`. */
function isFromOwnPages(request: Request): boolean {
  const from = request.get("origin") ?? request.get("referer") ?? "";
  const own = `http://${request.host}`;
  if (!URL.canParse(from) || !URL.canParse(own)) return false;
  const { protocol, host } = new URL(from);
  // The default port is left out by whoever writes the address; behind a proxy that ends TLS it is 443, not 80.
  return host === new URL(own).host || (protocol === "https:" && `${host}:443` === request.host);
}
