import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { refuseCrossSite } from "@banyan/platform/http/cross-site.ts";
import { databaseAway } from "@banyan/platform/http/database-away.ts";
import { nothingHere, problems } from "@banyan/platform/http/problems.ts";
import { requestId } from "@banyan/platform/http/request-id.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import type { CardProcessor } from "@banyan/shop/checkout/partners.ts";
import express, { type Express } from "express";
import type { Pool } from "pg";
import { apiDocsRoutes } from "./api-docs/routes.ts";
import { cartAdoption } from "./carts/adopt.ts";
import { cartRoutes } from "./carts/routes.ts";
import { catalogAdminRoutes } from "./catalog/admin.ts";
import { catalogRoutes } from "./catalog/routes.ts";
import { requireRole } from "./customers/guards.ts";
import { customerRoutes } from "./customers/routes.ts";
import type { Sessions } from "./customers/session.ts";
import type { SignInLimit } from "./customers/sign-in-limit.ts";
import type { SignUpLimit } from "./customers/sign-up-limit.ts";
import { inventoryRoutes } from "./inventory/routes.ts";
import { invoiceRoutes } from "./invoices/routes.ts";
import type { Mailer } from "./notifications/mailer.ts";
import { orderRoutes } from "./orders/routes.ts";
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
  /** Where the storefront's pages fetch `/api`: `http://host:port`. */
  readonly storefront: { base(): string };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A fresh UUIDv7 in lower case (adapters/identifier.ts). */
  readonly newId: () => string;
}

/** The whole shop as one Express app. */
export function createMonolithApp(deps: MonolithDeps): Express {
  const { pool, log, sessions, now, newId } = deps;
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

  app.use(refuseCrossSite);
  app.use(express.json({ limit: "100kb" }));
  app.use(customerRoutes({ ...deps, signedIn: cartAdoption(deps) }));
  app.use(catalogRoutes(pool));
  app.use(cartRoutes(deps));
  app.use(inventoryRoutes({ pool, onlyAdmins, now }));
  app.use(orderRoutes(deps));
  app.use(invoiceRoutes({ pool, sessions }));
  app.use(reportRoutes({ pool, onlyAdmins, now }));
  app.use(catalogAdminRoutes({ pool, onlyAdmins, now, newId }));
  app.use(apiDocsRoutes());
  const pageDeps = { base: () => deps.storefront.base(), log, now };
  app.use(storefrontRoutes(pageDeps));
  app.use(nothingHere);
  app.use(databaseAway);
  app.use(storefrontRefusals(pageDeps));
  app.use(problems(log));
  return app;
}
