import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { nothingHere, problems } from "@banyan/platform/http/problems.ts";
import { requestId } from "@banyan/platform/http/request-id.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import express, { type Express } from "express";
import type { Pool } from "pg";
import { databaseAway } from "./adapters/database-away.ts";
import { catalogAdminRoutes } from "./catalog/admin.ts";
import { catalogRoutes } from "./catalog/routes.ts";
import { refuseCrossSite, requireRole } from "./customers/guards.ts";
import { customerRoutes } from "./customers/routes.ts";
import type { Sessions } from "./customers/session.ts";

export interface MonolithDeps {
  readonly pool: Pool;
  readonly log: Log;
  readonly sessions: Sessions;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A fresh UUIDv7 in lower case (adapters/identifier.ts). */
  readonly newId: () => string;
}

/** The whole shop as one Express app. */
export function createMonolithApp({ pool, log, sessions, now, newId }: MonolithDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", "loopback"); // for `secure` alone: the proxy that ends TLS stands beside us
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
  app.use(customerRoutes({ pool, sessions, now, newId }));
  app.use(catalogRoutes(pool));
  app.use(catalogAdminRoutes({ pool, onlyAdmins: requireRole(sessions, "admin"), now, newId }));
  app.use(nothingHere);
  app.use(databaseAway);
  app.use(problems(log));
  return app;
}
