import type { IncomingMessage } from "node:http";
import type { Route } from "@banyan/platform/settings/route.ts";
import { segmentsOf } from "@banyan/platform/settings/route.ts";
import type { SlotKey } from "@banyan/platform/settings/settings.ts";
import type { ClaimReader } from "../identify/claim.ts";
import { usableKey } from "../identify/identity.ts";

export interface Asked {
  readonly request: IncomingMessage;
  readonly path: string;
  readonly route: string | undefined;
  readonly claimOf: ClaimReader;
}

/** How a capability's slot key is read off a request: undefined where it has none, which costs a repeat at most. */
export function slotKeyReader(
  key: SlotKey,
  routes: readonly Route[],
): (asked: Asked) => string | undefined | Promise<string | undefined> {
  if ("header" in key) return ({ request }) => usableKey(request.headers[key.header]);
  if ("claim" in key) return ({ request, claimOf }) => claimOf(request, key.claim);
  const places = new Map(
    routes.map(({ pattern, segments }) => [
      pattern,
      segments.findIndex((segment) => "param" in segment && segment.param === key.param),
    ]),
  );
  return ({ path, route }) => usableKey(decoded(segmentsOf(path)[places.get(route ?? "") ?? -1]));
}

function decoded(segment: string | undefined): string | undefined {
  try {
    return segment === undefined ? undefined : decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
