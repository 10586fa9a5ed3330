import { z } from "zod";
import { canonicalPath } from "./canonical-path.ts";
import { readAddress, readCidr } from "./network.ts";
import { type Route, readRoute } from "./route.ts";

/** Names end up in flags, metrics and file names. */
export const NAME = /^[a-z][a-z0-9-]{0,62}$/;
/** An RFC 9110 §5.1 token, lower-cased. */
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const COOKIE_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

export const NAME_RULE = "a name is lower case letters, digits and dashes, and begins with a letter";
const name = z.string().regex(NAME, NAME_RULE);

const address = z
  .string()
  .transform((text, context) => readAddress(text) ?? mistake(context, `\`${text}\` is not HOST:PORT`));

const cidr = z
  .string()
  .transform(
    (text, context) => readCidr(text) ?? mistake(context, `\`${text}\` is not a network such as 10.0.0.0/8`),
  );

/** A route, and where writes are owned what else finds its owner; which goes with which is for writes-checks.ts. */
const route = z
  .union([
    z.string(),
    z.strictObject({
      route: z.string(),
      id: z.literal(true).optional(),
      stale: z.literal("ok").optional(),
    }),
  ])
  .transform((given, context) => {
    const { route: text, id, stale } = typeof given === "string" ? { route: given } : given;
    const reading = readRoute(text, "owned");
    if (!reading.ok) return mistake(context, reading.reason);
    const by = id === true ? "id" : stale === "ok" ? "stale" : "key";
    return { ...reading.route, by } satisfies Route;
  });

/** Deny entries are plain so that every reading of a request can be held against them. */
const denied = z.string().transform((text, context) => {
  const path = text.endsWith("/*") ? text.slice(0, -2) : text;
  const reading = canonicalPath(path);
  if (!reading.ok) return mistake(context, `the path cannot be read in one way: ${reading.reason}`);
  if (!/^\/[A-Za-z0-9\-._~/]+$/.test(reading.path))
    return mistake(context, "only letters, digits, - . _ ~ and /");
  return reading.path;
});

const origin = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return mistake(context, "not an http(s) address");
  const faults: string[] = [];
  if (!/^https?:$/.test(url.protocol)) faults.push("not an http(s) address");
  if (url.username !== "" || url.password !== "") faults.push("an address holds no user or password");
  if (!/^\/?$/.test(url.pathname) || url.search !== "" || url.hash !== "") {
    faults.push("it is an origin, without a path");
  }
  return faults.length > 0 ? mistake(context, faults.join("; ")) : url.origin;
});

const webAddress = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:/.test(text), "not an http(s) address");
const headerName = z
  .string()
  .regex(HEADER_NAME, "not a header name")
  .transform((text) => text.toLowerCase());

const ratio = z.number().gt(0).lte(1);
const milliseconds = z.int().min(1).max(3_600_000);
const bodyBytes = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const percentage = z.int("a percentage is a whole number from 0 to 100").min(0).max(100);

const identitySchema = z.union([
  z.strictObject({ claim: z.string().min(1), cookie: z.string().regex(COOKIE_NAME, "not a cookie name") }),
  z.strictObject({ claim: z.string().min(1), bearer: z.literal(true) }),
  z.strictObject({ header: headerName }),
  z.strictObject({ visitor: z.literal(true) }),
]);

const flagsSchema = z.discriminatedUnion("source", [
  z.strictObject({ source: z.literal("static") }),
  z.strictObject({ source: z.literal("unleash"), url: webAddress, token: z.string().min(1) }),
]);

const capabilitySchema = z.strictObject({
  upstream: name,
  routes: z.array(route).min(1, "a capability has at least one route"),
  percentage: percentage.optional(),
  flag: name.optional(),
  writes: z
    .enum(["none", "owned"], { error: "`none` or `owned`: `shared` is not in this version" })
    .default("none"),
  slotKey: z
    .union([
      z.strictObject({ claim: z.string().min(1) }),
      z.strictObject({ param: z.string().min(1) }),
      z.strictObject({ header: headerName }),
    ])
    .optional(),
  /** Capabilities that must be at a stage before a step of this one. */
  /** The controller hands over no slot past the last rung that the ledger says was proved. */
  enforce: z.boolean().default(false),
  dependsOn: z.record(z.string(), z.literal("live", "`live` is the one stage to wait for")).optional(),
  ladder: z
    .array(percentage.min(1))
    .min(1)
    .refine((rungs) => rungs.every((rung, i) => rung > (rungs[i - 1] ?? 0)), "the rungs of a ladder rise")
    .default([1, 10, 50, 100]),
  /** Kinds of evidence that each rung needs; `data` also puts a sync step before the first rung. */
  requires: z
    .array(z.enum(["load", "parity", "data"]))
    .min(1)
    .refine((kinds) => new Set(kinds).size === kinds.length, "each kind of evidence once")
    .default(["load", "parity"]),
  /** A file of requests to measure with, one `GET /path` a line; needed where routes have parameters. */
  requests: z.string().min(1).optional(),
  margins: z
    .strictObject({ p50Ratio: ratio.optional(), p95Ratio: ratio.optional(), errorsShare: ratio.optional() })
    .default({}),
  limits: z
    .strictObject({ bodyBytes: bodyBytes.optional(), deadlineMs: milliseconds.optional() })
    .default({}),
});

const limitsSchema = z.strictObject({
  bodyBytes: bodyBytes.default(10_485_760),
  headerBytes: z.int().min(1_024).max(1_048_576).default(16_384),
  connectMs: milliseconds.default(2_000),
  deadlineMs: milliseconds.default(30_000),
  idleMs: milliseconds.default(120_000),
  headersMs: milliseconds.default(10_000),
  requestMs: milliseconds.default(120_000),
});

/** For requests that wait until a side owns their slot. */
const holdSchema = z.strictObject({
  ms: milliseconds.default(2_000),
  requests: z.int().min(1).max(100_000).default(200),
  bodyBytes: bodyBytes.default(65_536),
  bytes: bodyBytes.default(16_777_216),
});

const jwksSchema = z.strictObject({
  url: webAddress,
  algorithms: z.array(z.enum(["EdDSA", "ES256", "RS256"])).min(1),
  issuer: z.string().min(1).optional(),
  audience: z.string().min(1).optional(),
});

/** The whole of `banyan.yaml`, field by field; what fields mean to each other is in cross-checks.ts. */
export const settingsSchema = z.strictObject({
  listen: address.prefault("127.0.0.1:8080"),
  admin: address.prefault("127.0.0.1:8081"),
  upstreams: z.record(z.string(), z.strictObject({ url: origin })),
  flags: flagsSchema.default({ source: "static" }),
  identity: z.array(identitySchema).default([]),
  trust: z.array(cidr).default([]),
  deny: z.array(denied).default([]),
  capabilities: z.record(z.string(), capabilitySchema).default({}),
  jwks: jwksSchema.optional(),
  limits: limitsSchema.prefault({}),
  hold: holdSchema.prefault({}),
  controller: z.strictObject({ url: origin }).optional(),
  showSide: z.boolean().default(false),
});

function mistake(context: z.core.$RefinementCtx, message: string): never {
  context.issues.push({ code: "custom", message, input: undefined });
  return z.NEVER;
}
