import { type ErrorRequestHandler, Router } from "express";
import { accountRoutes } from "./account/routes.ts";
import { adminRoutes } from "./admin/routes.ts";
import { browseRoutes } from "./browse/routes.ts";
import { cartRoutes } from "./buy/cart-routes.ts";
import { checkoutRoutes } from "./buy/checkout-routes.ts";
import { assetRoutes } from "./look/assets.ts";
import { orderRoutes } from "./orders/routes.ts";
import { pages, type StorefrontDeps } from "./visit/page.ts";

/** The shop's pages. They know the API's contract and its address, and nothing else of the shop. */
export function storefrontRoutes(deps: StorefrontDeps & { readonly now: () => number }): Router {
  const router = Router();
  router.use(assetRoutes());
  router.use(browseRoutes(deps));
  router.use(cartRoutes(deps));
  router.use(accountRoutes(deps));
  router.use(checkoutRoutes(deps));
  router.use(orderRoutes(deps));
  router.use(adminRoutes(deps));
  return router;
}

/** Under these, programs ask: they get problem documents. */
const FOR_PROGRAMS = /^\/(?:api|\.well-known|livez|readyz)(?:\/|$)/;

/**
 * Refusals from outside the pages' own routes (an unknown address, a form from another site) as pages, for whoever asks
 * for HTML, in the frame of all pages. Stands before the handler that answers problem documents.
 */
export function storefrontRefusals(deps: StorefrontDeps): ErrorRequestHandler {
  const page = pages(deps);
  return (thrown: unknown, request, response, next) => {
    const wantsPage = !FOR_PROGRAMS.test(request.path) && request.accepts(["json", "html"]) === "html";
    if (response.headersSent || !wantsPage) next(thrown);
    else return page(() => Promise.reject(thrown))(request, response, next);
  };
}
