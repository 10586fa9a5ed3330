import { dependsOnChecks } from "./depends-on-checks.ts";
import type { PathMistake } from "./places.ts";
import { type Candidate, mapOf } from "./raw.ts";
import { isSame, overlaps } from "./route.ts";
import { NAME, NAME_RULE } from "./schema.ts";
import { routesOf, writesChecks } from "./writes-checks.ts";

const SECRET = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/;

/**
 * What the parts of the file mean to each other. It reads the raw document, not the parsed one, so that a mistake
 * in one place does not hide those in another: every route that can be read is compared, whatever else is wrong.
 */
export function crossChecks(raw: unknown, unexpanded: unknown): PathMistake[] {
  const file = mapOf(raw);
  const upstreams = mapOf(file.upstreams);
  const capabilities = Object.entries(mapOf(file.capabilities)).map(([capability, value]) => ({
    capability,
    value: mapOf(value),
  }));
  return [
    ...monolithChecks(file),
    ...nameChecks("upstreams", upstreams),
    ...nameChecks("capabilities", mapOf(file.capabilities)),
    ...capabilities.flatMap(({ capability, value }) => upstreamChecks(capability, value.upstream, upstreams)),
    ...percentageChecks(capabilities, mapOf(file.flags).source ?? "static"),
    ...overlapChecks(capabilities),
    ...capabilities.flatMap((candidate) => writesChecks(candidate, file.identity)),
    ...dependsOnChecks(capabilities),
    ...identityChecks(file.identity, file.jwks),
    ...secretChecks(mapOf(mapOf(unexpanded).flags).token),
  ];
}

function monolithChecks(file: Readonly<Record<string, unknown>>): PathMistake[] {
  if (!("upstreams" in file) || "monolith" in mapOf(file.upstreams)) return [];
  return [{ path: ["upstreams"], message: "`monolith` is missing: everything unmatched goes there" }];
}

/** Here and not in the schema, where a bad key would hide the mistakes in its value. */
function nameChecks(section: string, entries: Readonly<Record<string, unknown>>): PathMistake[] {
  return Object.keys(entries)
    .filter((key) => !NAME.test(key))
    .map((key) => ({ path: [section], key, message: NAME_RULE }));
}

function upstreamChecks(
  capability: string,
  upstream: unknown,
  upstreams: Readonly<Record<string, unknown>>,
): PathMistake[] {
  if (typeof upstream !== "string") return [];
  const path = ["capabilities", capability, "upstream"];
  if (upstream === "monolith") return [{ path, message: "the extracted side cannot be the monolith" }];
  return upstream in upstreams ? [] : [{ path, message: `there is no upstream \`${upstream}\`` }];
}

function percentageChecks(candidates: readonly Candidate[], source: unknown): PathMistake[] {
  if (source === "static") return [];
  return candidates
    .filter(({ value }) => "percentage" in value)
    .map(({ capability }) => ({
      path: ["capabilities", capability, "percentage"],
      message: "a percentage goes with `flags: { source: static }` only; here the flag says it",
    }));
}

function overlapChecks(candidates: readonly Candidate[]): PathMistake[] {
  const routes = candidates.flatMap((candidate) =>
    routesOf(candidate).map(({ route, index }) => ({ capability: candidate.capability, route, index })),
  );
  return routes.flatMap((later, position) => {
    const earlier = routes.slice(0, position).find((other) =>
      // Within a capability a narrow route may stand beside a wide one, but not beside itself.
      other.capability === later.capability
        ? isSame(other.route, later.route)
        : overlaps(other.route, later.route),
    );
    if (earlier === undefined) return [];
    const twice = `\`${later.route.pattern}\` stands in this capability twice`;
    const overlap = `\`${later.route.pattern}\` overlaps \`${earlier.route.pattern}\` of ${earlier.capability}`;
    const message = earlier.capability === later.capability ? twice : overlap;
    return [{ path: ["capabilities", later.capability, "routes", later.index], message }];
  });
}

function identityChecks(identity: unknown, jwks: unknown): PathMistake[] {
  if (!Array.isArray(identity) || jwks !== undefined) return [];
  return identity.flatMap((source, index) =>
    "claim" in mapOf(source)
      ? [{ path: ["identity", index], message: "a claim needs `jwks`, to check the token with" }]
      : [],
  );
}

/** No secret has a default, and none stands in the file. */
function secretChecks(token: unknown): PathMistake[] {
  if (typeof token !== "string" || SECRET.test(token)) return [];
  return [
    {
      path: ["flags", "token"],
      message: `a secret comes from the environment alone: \${NAME}, without a default`,
    },
  ];
}
