import { databaseAway } from "@banyan/platform/http/database-away.ts";
import { nothingHere, problems } from "@banyan/platform/http/problems.ts";
import { requestId } from "@banyan/platform/http/request-id.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import express, { type Express, Router } from "express";
import type { Pool } from "pg";
import type { AnswerCache } from "./answers/answer-cache.ts";
import { crashRoute } from "./crash.ts";
import { healthRoutes } from "./health.ts";
import type { Plant } from "./plant.ts";
import { postgresReads } from "./products/postgres-reads.ts";
import { catalogRoutes } from "./products/routes.ts";
import type { WholeCopy } from "./whole-copy.ts";

export interface CatalogOptions {
  readonly pool: Pool;
  readonly log: Log;
  readonly cache: AnswerCache;
  readonly plant: Plant;
  readonly copy: WholeCopy;
  /** Mounts `POST /__crash` (crash.ts). */
  readonly crashRoute?: boolean;
}

/** The whole service: health, the contract's routes, problem documents (RFC 9457) for everything else. */
export function createCatalogApp(options: CatalogOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(requestId);
  app.use(healthRoutes(options));
  app.use(createCatalogRouter(options));
  app.use(nothingHere);
  app.use(problems(options.log));
  return app;
}

/** Only the contract's routes, to be mounted in front of another application's: what they don't take goes on to it. */
export function createCatalogRouter({
  pool,
  log,
  cache,
  plant,
  copy,
  crashRoute: mayCrash,
}: CatalogOptions): Router {
  const router = Router();
  if (mayCrash === true) router.use(crashRoute(log));
  router.use((_request, response, next) => {
    response.setHeader("x-content-type-options", "nosniff");
    next();
  });
  router.use(["/api/categories", "/api/products"], copy.required, plant.before);
  router.use(
    catalogRoutes({
      reads: plant.reads(postgresReads(pool)),
      answer: plant.keepsCache ? cache.answer : (_key, make) => make(),
    }),
  );
  router.use(databaseAway);
  router.use(problems(log));
  return router;
}
