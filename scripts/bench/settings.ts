import { PATHS } from "./kinds.ts";

/**
 * The `banyan.yaml` of the bench: everything that a proxy in use has on, and flags at 50 %, where each request to the
 * capability needs its identity. The log, the metrics and the limits are on by themselves.
 */
export function benchSettings(monolith: string, extracted: string): string {
  return JSON.stringify({
    listen: "127.0.0.1:8080",
    admin: "127.0.0.1:8081",
    upstreams: { monolith: { url: monolith }, catalog: { url: extracted } },
    flags: { source: "static" },
    identity: [{ claim: "sub", cookie: "session" }, { header: "x-user-id" }, { visitor: true }],
    jwks: { url: monolith + PATHS.jwks, algorithms: ["EdDSA"], audience: "shop" },
    trust: ["10.0.0.0/8"],
    deny: ["/admin", "/internal"],
    showSide: true,
    limits: { bodyBytes: 1_048_576 },
    capabilities: {
      catalog: {
        upstream: "catalog",
        routes: [
          "GET /api/categories",
          `GET ${PATHS.small}`,
          `GET ${PATHS.large}`,
          "GET /api/products/:id/reviews",
          "GET /catalog/*",
        ],
        percentage: 50,
      },
    },
  });
}
