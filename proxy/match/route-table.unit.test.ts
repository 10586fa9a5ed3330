import { readRoute } from "@banyan/platform/settings/route.ts";
import { describe, expect, it } from "vitest";
import { routeTable } from "./route-table.ts";

const ROUTES = [
  "GET /api/products",
  "GET /api/products/:id",
  "GET /catalog/*",
  "OPTIONS /api/products",
  "/any/:a/b",
];

const find = routeTable(
  ROUTES.flatMap((text) => {
    const reading = readRoute(text);
    return reading.ok ? [{ owner: "catalog", route: reading.route }] : [];
  }),
);

describe("the route table", () => {
  it.each([
    ["GET", "/api/products", "/api/products"],
    ["GET", "/api/products/", "/api/products"],
    ["HEAD", "/api/products", "/api/products"],
    ["OPTIONS", "/api/products", "/api/products"],
    ["POST", "/api/products", undefined],
    ["OPTIONS", "/api/products/7", undefined],
    ["GET", "/api/products/7", "/api/products/:id"],
    ["GET", "/api/products/7/reviews", undefined],
    ["GET", "/catalog", "/catalog/*"],
    ["GET", "/catalog/a/b/c", "/catalog/*"],
    ["GET", "/catalogue", undefined],
    ["GET", "/any/x/b", "/any/:a/b"],
    ["OPTIONS", "/any/x/b", "/any/:a/b"],
    ["GET", "/any/x", undefined],
    ["GET", "/", undefined],
    ["GET", "/__proto__", undefined],
  ])("%s %s is taken by %s", (method, path, pattern) => {
    expect(find(method, path)?.pattern).toBe(pattern);
  });

  it.each(["POST /x", "DELETE /x", "GET x", "GET /a/*/b", "GET /a//b", "GET /a/../b", "GET /:", "TRACE /x"])(
    "%s is no route of a capability with writes: none",
    (text) => {
      expect(readRoute(text).ok).toBe(false);
    },
  );
});
