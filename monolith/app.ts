import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { refuseCrossSite } from "@banyan/platform/http/cross-site.ts";
import { databaseAway } from "@banyan/platform/http/database-away.ts";
import { misdirected } from "@banyan/platform/http/misdirected.ts";
import { nothingHere, problems } from "@banyan/platform/http/problems.ts";
import { requestId } from "@banyan/platform/http/request-id.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import type { SagaGround } from "@banyan/shop/checkout/checkout.ts";
import type { CardProcessor } from "@banyan/shop/checkout/partners.ts";
import { internalInventoryRoutes } from "@banyan/shop/inventory/internal-routes.ts";
import express, { type Express } from "express";
import type { Pool } from "pg";
import { apiDocsRoutes } from "./api-docs/routes.ts";
import { cartAdoption } from "./carts/adopt.ts";
import { customerCarts } from "./carts/customer-carts.ts";
import { internalCartRoutes } from "./carts/internal-routes.ts";
import { cartRoutes } from "./carts/routes.ts";
import { catalogAdminRoutes } from "./catalog/admin.ts";
import { catalogRoutes } from "./catalog/routes.ts";
import { requireRole } from "./customers/guards.ts";
import { customerRoutes } from "./customers/routes.ts";
import type { Sessions } from "./customers/session.ts";
import type { SignInLimit } from "./customers/sign-in-limit.ts";
import type { SignUpLimit } from "./customers/sign-up-limit.ts";
import { guardedInventoryRoutes } from "./inventory/guarded-routes.ts";
import type { GuardedStock } from "./inventory/guarded-stock.ts";
import { inventoryRoutes } from "./inventory/routes.ts";
import { invoiceRoutes } from "./invoices/routes.ts";
import type { Mailer } from "./notifications/mailer.ts";
import { orderRoutes } from "./orders/routes.ts";
import { sagaOrderRoutes } from "./orders/saga-routes.ts";
import type { ReportPeers } from "./reports/copies.ts";
import { reportRoutes } from "./reports/routes.ts";
import { storefrontRefusals, storefrontRoutes } from "./storefront/routes.ts";

export interface MonolithDeps {
  readonly pool: Pool;
  readonly log: Log;
  readonly sessions: Sessions;
  readonly signInLimit: SignInLimit;
  readonly signUpLimit: SignUpLimit;
  /** Who may say for whom a request is: addresses, CIDRs or names (platform/http/trusted-proxies.ts). */
  readonly trustedProxies: readonly string[];
  readonly cards: CardProcessor;
  readonly mailer: Mailer;
  /** Orders and stock are owned capabilities, slot by slot this side's or another's (`CHECKOUT=saga`). */
  readonly owned?: { readonly peers: ReportPeers };
  /** Where the storefront's pages fetch `/api`: `http://host:port`. */
  readonly storefront: { base(): string };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A fresh UUIDv7 in lower case (adapters/identifier.ts). */
  readonly newId: () => string;
  /** Between the shop's own services; without one, internal routes are not there. */
  readonly serviceToken?: string | undefined;
  /** What checkouts stand on where orders have owners; without it, each is one transaction (orders/checkout-mode.ts). */
  readonly saga?: SagaGround | undefined;
  /** Undefined: stock is written as it was before it had owners. */
  readonly guardedStock?: GuardedStock | undefined;
}

/** The whole shop as one Express app. */
export function createMonolithApp(deps: MonolithDeps): Express {
  const { pool, log, sessions, now, newId, serviceToken, saga, guardedStock } = deps;
  const onlyAdmins = requireRole(sessions, "admin");
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", deps.trustedProxies); // behind them `secure`, `host` and `ip` are the client's
  app.use(requestId);
  app.use((_request, response, next) => {
    response.set("x-content-type-options", "nosniff");
    next();
  });

  app.get("/livez", (_request, response) => {
    response.json({ status: "alive" });
  });
  app.get("/readyz", async (_request, response) => {
    await pool.query("SELECT 1").catch((cause: unknown) => {
      throw new BanyanError("BYN-SHOP-004", "the database does not answer", { cause });
    });
    response.json({ status: "ready" });
  });

  // No browser has the service token, and a guarded side decides before it reads a body (design §5.8).
  if (serviceToken !== undefined) app.use(internalCartRoutes(customerCarts(pool, now), serviceToken));
  if (guardedStock !== undefined) app.use(internalInventoryRoutes({ pool, ...guardedStock }));
  app.use(refuseCrossSite);
  if (saga !== undefined) app.use(sagaOrderRoutes({ pool, sessions, saga }));
  if (guardedStock !== undefined) app.use(guardedInventoryRoutes({ pool, onlyAdmins, ...guardedStock }));
  app.use(express.json({ limit: "100kb" }));
  app.use(customerRoutes({ ...deps, signedIn: cartAdoption(deps) }));
  app.use(catalogRoutes(pool));
  app.use(cartRoutes(deps));
  if (guardedStock === undefined) app.use(inventoryRoutes({ pool, onlyAdmins, now }));
  if (saga === undefined) app.use(orderRoutes(deps));
  app.use(
    invoiceRoutes({ pool, sessions, owned: deps.owned !== undefined, base: () => deps.storefront.base() }),
  );
  app.use(reportRoutes({ pool, onlyAdmins, log, now, peers: deps.owned?.peers }));
  app.use(catalogAdminRoutes({ pool, onlyAdmins, now, newId, books: guardedStock?.books }));
  app.use(apiDocsRoutes());
  const pageDeps = { base: () => deps.storefront.base(), log, now, newId };
  app.use(storefrontRoutes(pageDeps));
  app.use(nothingHere);
  app.use(misdirected);
  app.use(databaseAway);
  app.use(storefrontRefusals(pageDeps));
  app.use(problems(log));
  return app;
}
