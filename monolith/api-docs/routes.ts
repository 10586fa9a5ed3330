import { Router } from "express";
import { openApiDocument } from "./document.ts";
import { ASSETS, PAGE, POLICY } from "./viewer.ts";

/** `GET /api/openapi.json`, built once, and `GET /api/docs`, where a browser reads it. */
export function apiDocsRoutes(): Router {
  const router = Router();
  const text = JSON.stringify(openApiDocument());

  router.get("/api/openapi.json", (_request, response) => {
    response.set("cache-control", "no-cache").type("application/json").send(text);
  });

  router.get("/api/docs", (_request, response) => {
    response
      .set("cache-control", "no-cache")
      .set("content-security-policy", POLICY)
      .set("referrer-policy", "same-origin")
      .type("html")
      .send(PAGE);
  });

  for (const { path, type, body } of ASSETS) {
    router.get(path, (_request, response) => {
      response.set("cache-control", "public, max-age=31536000, immutable").type(type).send(body);
    });
  }
  return router;
}
