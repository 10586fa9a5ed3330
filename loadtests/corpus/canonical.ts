/*
 * Comparing two answers by what they say. Used by Node (recording, parity) and by k6 (every answer of a run), so
 * nothing is imported. JSON is compared as parsed values: the order of an object's members says nothing
 * (RFC 8259 §4), the order of an array does (§5). Everything else is compared by identical text.
 */

/** A declared ignore, as the segments of a path into a JSON value; `*` stands for any one member or element. */
export type IgnorePath = readonly string[];

/** One place where two JSON values differ. `left` and `right` are short texts for people. */
export interface Difference {
  /** e.g. `items.3.price.amount`; "" is the whole value. */
  readonly place: string;
  readonly left: string;
  readonly right: string;
}

/** Reads `items.*.updatedAt`; undefined when it is empty or has an empty segment. */
export function parseIgnore(text: string): IgnorePath | undefined {
  const segments = text.split(".");
  return segments.some((segment) => segment === "") ? undefined : segments;
}

/** `application/json; charset=utf-8` → `application/json`; "" for none. */
export function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** JSON by its media type, with the structured suffix of RFC 6839 §3.1. */
export function isJson(mediaType: string): boolean {
  return mediaType === "application/json" || mediaType.endsWith("+json");
}

/** True when two JSON texts say the same, apart from the ignored places. A text that is no JSON is never the same. */
export function sameJson(left: string, right: string, ignores: readonly IgnorePath[]): boolean {
  return jsonDifferences(left, right, ignores, 1).length === 0;
}

/** The first `limit` differences of two JSON texts, in the order of `left`. */
export function jsonDifferences(
  left: string,
  right: string,
  ignores: readonly IgnorePath[],
  limit: number,
): readonly Difference[] {
  const a = parsed(left);
  const b = parsed(right);
  if (a === undefined || b === undefined) {
    return left === right ? [] : [{ place: "", left: short(left), right: short(right) }];
  }
  const found: Difference[] = [];
  compare(a.value, b.value, { path: [], ignores, found, limit });
  return found;
}

interface Walk {
  readonly path: readonly string[];
  readonly ignores: readonly IgnorePath[];
  readonly found: Difference[];
  readonly limit: number;
}

function compare(left: unknown, right: unknown, walk: Walk): void {
  if (walk.found.length >= walk.limit || isIgnored(walk)) return;
  if (Array.isArray(left) && Array.isArray(right)) {
    const length = Math.max(left.length, right.length);
    for (let i = 0; i < length; i++) member(left, right, String(i), walk);
  } else if (isRecord(left) && isRecord(right)) {
    for (const name of Object.keys(left)) member(left, right, name, walk);
    for (const name of Object.keys(right)) if (!Object.hasOwn(left, name)) member(left, right, name, walk);
  } else if (left !== right) {
    walk.found.push({ place: walk.path.join("."), left: shown(left), right: shown(right) });
  }
}

function member(left: object, right: object, name: string, walk: Walk): void {
  compare(valueAt(left, name), valueAt(right, name), { ...walk, path: [...walk.path, name] });
}

/** Missing is `undefined`, which no JSON value is; so a member that is null differs from one that is missing. */
function valueAt(holder: object, name: string): unknown {
  return Object.hasOwn(holder, name) ? (holder as Record<string, unknown>)[name] : undefined;
}

function isIgnored({ path, ignores }: Walk): boolean {
  return ignores.some(
    (ignore) =>
      ignore.length === path.length && ignore.every((segment, i) => segment === "*" || segment === path[i]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function shown(value: unknown): string {
  return value === undefined ? "(missing)" : short(JSON.stringify(value));
}

const SHOWN_CHARACTERS = 120;

function short(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}
