import { type Route, segmentsOf } from "@banyan/platform/settings/route.ts";

interface Node<Owner> {
  readonly literals: Map<string, Node<Owner>>;
  param: Node<Owner> | undefined;
  /** By method: what a path that ends here is taken by, and what this and everything below is. */
  readonly exact: Map<string, Match<Owner>>;
  readonly below: Map<string, Match<Owner>>;
}

export interface Match<Owner> {
  readonly owner: Owner;
  readonly pattern: string;
  readonly by: Route["by"];
}

/**
 * Compiles routes to a tree, so that the cost of a match grows with the path's length, not with the routes'
 * number. Routes of different owners do not overlap (a configuration mistake); of one owner's, the most literal wins.
 */
export function routeTable<Owner>(
  routes: readonly { readonly owner: Owner; readonly route: Route }[],
): (method: string, path: string) => Match<Owner> | undefined {
  const root = emptyNode<Owner>();
  for (const { owner, route } of routes) {
    let node = root;
    for (const segment of route.segments) node = childOf(node, segment);
    const ends = route.below ? node.below : node.exact;
    const { pattern, by } = route;
    for (const method of route.methods) {
      if (!ends.has(method)) ends.set(method, { owner, pattern, by });
    }
  }
  return (method, path) => find(root, method, segmentsOf(path), 0);
}

function find<Owner>(
  node: Node<Owner>,
  method: string,
  segments: readonly string[],
  depth: number,
): Match<Owner> | undefined {
  const segment = segments[depth];
  if (segment === undefined) return node.exact.get(method) ?? node.below.get(method);
  const literal = node.literals.get(segment);
  return (
    (literal && find(literal, method, segments, depth + 1)) ??
    (node.param && find(node.param, method, segments, depth + 1)) ??
    node.below.get(method)
  );
}

function childOf<Owner>(node: Node<Owner>, segment: Route["segments"][number]): Node<Owner> {
  if ("param" in segment) {
    node.param ??= emptyNode();
    return node.param;
  }
  const found = node.literals.get(segment.literal) ?? emptyNode<Owner>();
  node.literals.set(segment.literal, found);
  return found;
}

function emptyNode<Owner>(): Node<Owner> {
  return { literals: new Map(), param: undefined, exact: new Map(), below: new Map() };
}
