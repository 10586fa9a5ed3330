import { canonicalPath } from "./canonical-path.ts";

/** The methods that may be routed to a side that does not own the writes (RFC 9110 §9.2.1, without TRACE). */
const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];
/** Those that need `writes: owned`. */
const UNSAFE_METHODS: readonly string[] = ["POST", "PUT", "PATCH", "DELETE"];

/** A segment is literal text, or any one segment. */
export type Segment = { readonly literal: string } | { readonly param: string };

/** `[METHOD] PATH` of banyan.yaml, read. */
export interface Route {
  readonly methods: readonly string[];
  /** As written, without the method; it is the label in logs. */
  readonly pattern: string;
  readonly segments: readonly Segment[];
  /** True for a trailing `/*`: that path and all below it. */
  readonly below: boolean;
  /**
   * How a request finds who may answer it, where writes are owned: by its slot key; by an `id` that only its owner
   * knows; or at the monolith, `stale` or not.
   */
  readonly by: "key" | "id" | "stale";
}

export type RouteReading =
  | { readonly ok: true; readonly route: Route }
  | { readonly ok: false; readonly reason: string };

const ROUTE = /^(?:([A-Za-z]+) +)?(\/\S*)$/;
const PARAM = /^:[A-Za-z_][A-Za-z0-9_]*$/;

/** Reads a route, `by` key: without a method it means the safe ones; an unsafe one is a mistake unless writes are `owned`. */
export function readRoute(text: string, writes: "none" | "owned" = "none"): RouteReading {
  const [, method, pattern] = ROUTE.exec(text.trim()) ?? [];
  if (pattern === undefined) return refuse("a route is `[METHOD] /path`");
  const methods = methodsOf(method, writes);
  if (methods === undefined) {
    if (writes === "owned") return refuse(`${method} is not a method that can be routed`);
    return refuse(
      `${method} is not GET, HEAD or OPTIONS: a capability with \`writes: none\` has no other methods`,
    );
  }
  const below = pattern.endsWith("/*");
  const path = below ? pattern.slice(0, -2) : pattern;
  if (path.includes("*")) return refuse("`*` stands only at the end, as `/*`");
  const reading = canonicalPath(path === "" ? "/" : path);
  if (!reading.ok) return refuse(`the path cannot be read in one way: ${reading.reason}`);
  const segments: Segment[] = [];
  for (const text of segmentsOf(reading.path)) {
    if (text.startsWith(":") && !PARAM.test(text)) return refuse(`\`${text}\` is no parameter name`);
    segments.push(text.startsWith(":") ? { param: text.slice(1) } : { literal: text });
  }
  return { ok: true, route: { methods, pattern, segments, below, by: "key" } };
}

/** The segments of a canonical path. One slash at the end makes no difference, as in Express's router. */
export function segmentsOf(path: string): string[] {
  const end = path.length > 1 && path.endsWith("/") ? path.length - 1 : path.length;
  return end <= 1 ? [] : path.slice(1, end).split("/");
}

/** True when some request would be taken by both. */
export function overlaps(a: Route, b: Route): boolean {
  if (!a.methods.some((method) => b.methods.includes(method))) return false;
  for (let i = 0; ; i++) {
    const left = a.segments[i];
    const right = b.segments[i];
    if (left === undefined) return right === undefined || a.below;
    if (right === undefined) return b.below;
    if ("literal" in left && "literal" in right && left.literal !== right.literal) return false;
  }
}

/** True when both take the same paths, however their parameters are called, and share a method. */
export function isSame(a: Route, b: Route): boolean {
  const shape = ({ segments, below }: Route) =>
    JSON.stringify([below, segments.map((segment) => ("literal" in segment ? segment.literal : null))]);
  return shape(a) === shape(b) && a.methods.some((method) => b.methods.includes(method));
}

/** True for a route that changes nothing (RFC 9110 §9.2.1). */
export function isSafe({ methods }: Route): boolean {
  return methods.every((method) => SAFE_METHODS.includes(method));
}

/** HEAD follows GET (RFC 9110 §9.3.2). */
function methodsOf(method: string | undefined, writes: "none" | "owned"): readonly string[] | undefined {
  if (method === undefined) return SAFE_METHODS;
  if (method === "GET") return ["GET", "HEAD"];
  if (writes === "owned" && UNSAFE_METHODS.includes(method)) return [method];
  return SAFE_METHODS.includes(method) ? [method] : undefined;
}

function refuse(reason: string): RouteReading {
  return { ok: false, reason };
}
