import type { Route } from "@banyan/platform/settings/route.ts";

/** A capability's routes as a journey names its requests: `GET /api/products/:id`. */
export function sidedRoutes(routes: readonly Pick<Route, "methods" | "pattern">[]): string[] {
  return routes.flatMap(({ methods, pattern }) => methods.map((method) => `${method} ${pattern}`));
}
