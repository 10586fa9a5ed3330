import type { PathMistake } from "./places.ts";
import { type Candidate, mapOf } from "./raw.ts";
import { isSafe, type Route, type RouteReading, readRoute } from "./route.ts";

/** The routes that can be read, by where they stand. */
export function routesOf(candidate: Candidate): { readonly route: Route; readonly index: number }[] {
  return entriesOf(candidate).flatMap(({ reading, index }) =>
    reading.ok ? [{ route: reading.route, index }] : [],
  );
}

/** Unsafe routes need an owner, an owner is found by a slot key, and each route says how a request finds it. */
export function writesChecks(candidate: Candidate, identity: unknown): PathMistake[] {
  const { capability, value } = candidate;
  const place = ["capabilities", capability];
  const owned = writesOf(value) === "owned";
  const { param, claim } = mapOf(value.slotKey);
  const ofRoutes = entriesOf(candidate).flatMap((entry) => {
    const wrong = owned ? wrongWhenOwned(entry, param) : wrongWhenNotOwned(entry);
    return wrong === undefined ? [] : [{ path: [...place, "routes", entry.index], message: wrong }];
  });
  if (!owned && value.enforce === true) {
    const message = "`enforce` holds ownership back, so it goes with `writes: owned` only";
    return [...ofRoutes, { path: [...place, "enforce"], message }];
  }
  if (owned && value.slotKey === undefined) {
    return [...ofRoutes, { path: [...place, "writes"], message: "`writes: owned` needs `slotKey`" }];
  }
  const named = Array.isArray(identity) && identity.some((source) => mapOf(source).claim === claim);
  if (typeof claim !== "string" || named) return ofRoutes;
  const message = `\`identity\` has no token with the claim \`${claim}\``;
  return [...ofRoutes, { path: [...place, "slotKey", "claim"], message }];
}

interface Entry {
  readonly text: string;
  readonly id: boolean;
  readonly stale: boolean;
  readonly index: number;
  readonly reading: RouteReading;
}

function entriesOf({ value }: Candidate): Entry[] {
  const given: unknown[] = Array.isArray(value.routes) ? value.routes : [];
  return given.flatMap((entry, index) => {
    const { route, id, stale } = typeof entry === "string" ? { route: entry } : mapOf(entry);
    if (typeof route !== "string") return [];
    const reading = readRoute(route, writesOf(value));
    return [{ text: route, id: id === true, stale: stale === "ok", index, reading }];
  });
}

function wrongWhenNotOwned({ text, id, stale, reading }: Entry): string | undefined {
  // What is wrong with a route as such is the schema's to say.
  if (!reading.ok) return readRoute(text, "owned").ok ? reading.reason : undefined;
  return id || stale ? "`id` and `stale` are for a capability with `writes: owned`" : undefined;
}

function wrongWhenOwned({ text, id, stale, reading }: Entry, param: unknown): string | undefined {
  if (!reading.ok) return undefined;
  const { route } = reading;
  const hasParam = (is: (name: string) => boolean) =>
    route.segments.some((segment) => "param" in segment && is(segment.param));
  if (id && stale) return "`id` or `stale`, not both";
  if (stale) return isSafe(route) ? undefined : `\`${text}\` writes: only reads may be \`stale: ok\``;
  if (id) return hasParam(() => true) ? undefined : `\`${text}\` has no parameter that could be an id`;
  if (typeof param !== "string" || hasParam((name) => name === param)) return undefined;
  return `\`${text}\` has no \`:${param}\`, which is the slot key: give it one, \`id: true\` or \`stale: ok\``;
}

function writesOf(value: Candidate["value"]): "none" | "owned" {
  return value.writes === "owned" ? "owned" : "none";
}
