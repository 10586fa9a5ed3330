import type { Express } from "express";

/** What the router keeps of each `use` and each route (the package `router`, lib/layer.js): not in Express's types. */
interface Layer {
  readonly name: string;
  /** Mounted at `/`. */
  readonly slash: boolean;
  readonly route?: { readonly path: unknown; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: { readonly stack?: readonly Layer[] };
}

/** `GET /api/orders/:id` of every route that an app has, in their order; routers that are mounted elsewhere than at `/` are refused. */
export function routesOf(app: Express): string[] {
  return routesIn((app as unknown as { router: { stack: readonly Layer[] } }).router.stack);
}

function routesIn(stack: readonly Layer[]): string[] {
  return stack.flatMap(({ name, slash, route, handle }) => {
    if (route !== undefined) {
      if (typeof route.path !== "string") throw new Error(`a route's path is no text: ${String(route.path)}`);
      return Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`);
    }
    if (handle.stack === undefined) return [];
    if (!slash) throw new Error(`the router ${name} is mounted below a path, which can't be read from it`);
    return routesIn(handle.stack);
  });
}
