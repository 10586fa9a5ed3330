import type { IncomingMessage } from "node:http";

/** The pattern that Express found, as it was mounted; undefined where no route took the request. */
export function routeOf(request: IncomingMessage): string | undefined {
  if (!("route" in request) || typeof request.route !== "object" || request.route === null) return undefined;
  const path: unknown = "path" in request.route ? request.route.path : undefined;
  const base = "baseUrl" in request && typeof request.baseUrl === "string" ? request.baseUrl : "";
  return typeof path === "string" ? base + path : undefined;
}
