import fc from "fast-check";
import type { Documented } from "./conformance.fixture.ts";
import type { JsonSchema } from "./schemas.ts";

/** What is sent to an operation, with nothing that a URL parser would have mended. */
export interface Attempt {
  /** With its query. */
  readonly path: string;
  readonly caller: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

export interface Known {
  /** Names of cookies that the test keeps: every one, and those that may, by the role that an operation needs. */
  readonly callers: readonly string[];
  readonly mayAsk: { readonly customer: readonly string[]; readonly admin: readonly string[] };
  /** Values that mean something, by the name of the path's or the query's parameter. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** Values that mean something, by the name of a body's field. */
  readonly fields: Readonly<Record<string, readonly unknown[]>>;
}

const ODD = [
  "",
  " ",
  "\0",
  "a\0b",
  "\ud800",
  "\u202eright to left",
  "\u{1f333}",
  "İıſK",
  "-1",
  "0",
  "1e400",
  "9007199254740993",
  "NaN",
  "0x10",
  "null",
  "undefined",
  "[object Object]",
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "' OR 1=1 --",
  "%",
  "\\",
  "<script>alert(1)</script>",
  "{{7*7}}",
  "a\r\nb: c",
  "0000-00-00",
  "9999-12-31",
  "x".repeat(3_000),
] as const;

const UUIDS = ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"];

const oddText = fc.oneof(fc.constantFrom(...ODD), fc.string({ unit: "binary", maxLength: 40 }));
const anything = fc.oneof(oddText, fc.jsonValue({ maxDepth: 3 }), fc.double(), fc.constantFrom(...UUIDS));

/** Attempts at an operation: most nearly right, so that they come far, and each with something odd. */
export function attempts(
  operation: Documented,
  known: Known,
  schemas: Record<string, JsonSchema>,
): fc.Arbitrary<Attempt> {
  return fc
    .record({
      path: fc
        .tuple(pathOf(operation, known), queryOf(operation, known))
        .map(([path, query]) => path + query),
      caller: callerOf(operation, known),
      headers: oddHeaders,
      sent: bodyOf(operation, known, schemas),
    })
    .map(({ sent: { type, body, encoding }, headers, ...rest }) => ({
      ...rest,
      headers: {
        ...headers,
        ...(type === undefined ? {} : { "content-type": type }),
        ...(encoding === undefined ? {} : { "content-encoding": encoding }),
      },
      body,
    }));
}

/** Every odd text in every place of an operation's path, query and headers: what chance would leave out. */
export function oddAttempts(
  { path, parameters, security }: Documented,
  { values, mayAsk }: Known,
): Attempt[] {
  const caller = (security[0]?.session?.[0] === "admin" ? mayAsk.admin : mayAsk.customer)[0] ?? "";
  const good = (name: string) => values[name]?.[0] ?? "";
  return parameters.flatMap((odd) =>
    ODD.map((text) => {
      const textOfPart = (name: string) => (name === odd.name ? encoded(text) : good(name));
      const query = parameters
        .filter((one) => one.in === "query" && (one.required || one.name === odd.name))
        .map(({ name }) => `${name}=${textOfPart(name)}`);
      const way = path.replace(/\{(\w+)\}/g, (_all, name: string) => textOfPart(name));
      const headers = {
        "sec-fetch-site": "same-origin",
        ...(odd.in === "header" ? { [odd.name]: encoded(text) } : {}),
      };
      return { path: [way, ...query].join("&").replace("&", "?"), caller, headers, body: undefined };
    }),
  );
}

function callerOf({ security }: Documented, { callers, mayAsk }: Known): fc.Arbitrary<string> {
  const right = security[0]?.session?.[0] === "admin" ? mayAsk.admin : mayAsk.customer;
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...right) },
    { weight: 2, arbitrary: fc.constantFrom(...callers) },
  );
}

function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

function pathOf({ path, parameters }: Documented, known: Known): fc.Arbitrary<string> {
  const names = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
  const value = (name: string) =>
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...(known.values[name] ?? UUIDS)) },
      { weight: 1, arbitrary: fc.uuid() },
      { weight: 1, arbitrary: fc.constantFrom(...UUIDS) },
      { weight: 2, arbitrary: oddText.map(encoded) },
      // As no client writes it: an escape that is none, bytes that are no UTF-8, a slash inside.
      {
        weight: 1,
        arbitrary: fc.constantFrom("%", "%zz", "%ff%fe", "%C0%80", "..", "%2e%2e%2f", "a;b=c", "%2F"),
      },
    );
  return fc
    .tuple(...names.map(value))
    .map((values) =>
      names.reduce((text, name, index) => text.replace(`{${name}}`, () => values[index] ?? ""), path),
    );
}

function queryOf({ parameters }: Documented, known: Known): fc.Arbitrary<string> {
  const named = parameters.filter((parameter) => parameter.in === "query");
  const pair = (name: string, schema: JsonSchema) => {
    const items = schema.items as JsonSchema | undefined;
    const good = known.values[name] ?? numbers(items ?? schema);
    return fc
      .oneof({ weight: 5, arbitrary: fc.constantFrom(...good) }, { weight: 2, arbitrary: oddText })
      .map((value) => `${name}=${encoded(value)}`);
  };
  const good = named.map(({ name, schema, required }) =>
    required
      ? fc.option(pair(name, schema), { nil: undefined, freq: 8 })
      : fc.option(pair(name, schema), { nil: undefined, freq: 1 }),
  );
  const odd = fc.constantFrom(
    ...named.flatMap(({ name }) => [`${name}[a]=1`, `${name}=1&${name}=2`, `${name}`, `${name}=%ff`]),
    "extra=1",
    "__proto__=1",
    "a[__proto__][b]=1",
    "&&==&",
    "%",
    `${"a=1&".repeat(1_500)}`,
  );
  return fc
    .tuple(fc.tuple(...good), fc.option(odd, { nil: undefined, freq: 1 }))
    .map(([pairs, extra]) => [...pairs, extra].filter((part) => part !== undefined).join("&"))
    .map((query) => (query === "" ? "" : `?${query}`));
}

function numbers({ minimum = 0, maximum = 10 }: JsonSchema): string[] {
  return [String(minimum), String(maximum), "1", String(Number(maximum) + 1)];
}

interface Sent {
  readonly type?: string | undefined;
  readonly encoding?: string | undefined;
  readonly body: Buffer | undefined;
}

const JSON_TYPE = "application/json";

function bodyOf(
  { method, requestBody }: Documented,
  known: Known,
  schemas: Record<string, JsonSchema>,
): fc.Arbitrary<Sent> {
  const schema = requestBody?.content[JSON_TYPE]?.schema;
  const nothing = fc.constantFrom<Sent>({ body: undefined }, { type: JSON_TYPE, body: undefined });
  const asJson = (value: unknown): Sent => ({
    type: JSON_TYPE,
    body: Buffer.from(JSON.stringify(value) ?? ""),
  });
  const good = schema === undefined ? fc.constant({}) : madeFrom(schema, { known, schemas });
  const weights =
    schema === undefined ? { good: method === "get" ? 0 : 1, nothing: 8 } : { good: 12, nothing: 1 };
  return fc.oneof(
    { weight: weights.nothing, arbitrary: nothing },
    { weight: weights.good, arbitrary: good.map(asJson) },
    { weight: 4, arbitrary: good.chain(spoilt).map(asJson) },
    { weight: 1, arbitrary: anything.map(asJson) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          good.map((value) => Buffer.from(JSON.stringify(value))),
          fc.constantFrom(
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/json; charset=utf-16",
            "application/json; charset=none",
            "application/json;;",
            "APPLICATION/JSON",
            "/",
          ),
        )
        .map(([body, type]) => ({ type, body })),
    },
    { weight: 1, arbitrary: fc.constantFrom(...BROKEN) },
  );
}

const BROKEN: readonly Sent[] = [
  { type: JSON_TYPE, body: Buffer.from("{") },
  { type: JSON_TYPE, body: Buffer.from("") },
  { type: JSON_TYPE, body: Buffer.from([0xff, 0xfe, 0x00]) },
  { type: JSON_TYPE, body: Buffer.from('{"quantity":1e999}') },
  { type: JSON_TYPE, body: Buffer.from('{"__proto__":{"quantity":1},"constructor":1}') },
  { type: JSON_TYPE, body: Buffer.from(`{"name":"${"x".repeat(150_000)}"}`) },
  { type: JSON_TYPE, body: Buffer.from("[".repeat(20_000) + "]".repeat(20_000)) },
  { type: JSON_TYPE, body: Buffer.from(`${'{"a":'.repeat(9_000)}1${"}".repeat(9_000)}`) },
  { type: JSON_TYPE, encoding: "gzip", body: Buffer.from("{}") },
  { type: JSON_TYPE, encoding: "zip", body: Buffer.from("{}") },
];

/** One thing wrong with an object: a field missing, too many, or of another kind. */
function spoilt(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return anything;
  const object = value as Record<string, unknown>;
  const keys = Object.keys(object);
  const extra = fc
    .tuple(fc.constantFrom("extra", "id", "role", "constructor", "total", ""), anything)
    .map(([key, odd]) => ({ ...object, [key]: odd }));
  if (keys.length === 0) return extra;
  const key = fc.constantFrom(...keys);
  return fc.oneof(
    extra,
    key.map((name) => Object.fromEntries(Object.entries(object).filter(([other]) => other !== name))),
    fc.tuple(key, anything).map(([name, odd]) => ({ ...object, [name]: odd })),
    key.chain((name) => spoilt(object[name]).map((inner) => ({ ...object, [name]: inner }))),
  );
}

interface About {
  readonly known: Known;
  readonly schemas: Record<string, JsonSchema>;
}

/** Values of a schema as the document has them; what only the shop knows (a card's digits) comes from `known`. */
function madeFrom(schema: JsonSchema, about: About, name = ""): fc.Arbitrary<unknown> {
  const fields = about.known.fields[name];
  if (fields !== undefined) return fc.constantFrom<unknown>(...fields);
  if (typeof schema.$ref === "string") {
    const referred = about.schemas[schema.$ref.replace("#/components/schemas/", "")];
    if (referred === undefined) throw new Error(`no schema ${schema.$ref}`);
    return madeFrom(referred, about, name);
  }
  const { minimum = 0, maximum = 1_000_000 } = schema as { minimum?: number; maximum?: number };
  if (schema.type === "boolean") return fc.boolean();
  if (schema.type === "integer")
    return fc.oneof(fc.integer({ min: minimum, max: maximum }), fc.constantFrom(minimum, maximum));
  if (schema.type === "string") return textOf(schema);
  if (schema.type !== "object") throw new Error(`no way to make a ${JSON.stringify(schema)}`);
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  if (properties.length === 0) {
    const of = schema.additionalProperties;
    if (typeof of !== "object" || of === null) return fc.constant({});
    return fc.dictionary(
      fc.oneof(textOf({ maxLength: 40 }), fc.constant("__proto__")),
      textOf(of as JsonSchema),
      { maxKeys: 5 },
    );
  }
  const required = (schema.required ?? []) as string[];
  return fc.record(Object.fromEntries(properties.map(([key, inner]) => [key, madeFrom(inner, about, key)])), {
    requiredKeys: required,
  });
}

function textOf({ minLength = 1, maxLength = 60 }: JsonSchema): fc.Arbitrary<string> {
  const [min, max] = [Number(minLength), Number(maxLength)];
  return fc.oneof(
    fc
      .string({ unit: "grapheme", minLength: min, maxLength: Math.min(max, 30) })
      .map((text) => text.slice(0, max)),
    fc
      .constantFrom("Łódź, Ελλάδα", "\u{1f333}", "\u202ea", "a\u0301", "x".repeat(max), "W".repeat(max), "ﷺ")
      .map((text) => text.slice(0, max)),
  );
}

/** What a browser or its enemy sends along. */
const oddHeaders = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Record<string, string>>(
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-origin" },
      { origin: "null" },
      { origin: "http://[" },
      { origin: "http://evil.example" },
      { referer: "not a url" },
      { "x-forwarded-host": "a b/ c" },
      { "x-forwarded-proto": "https" },
      { "x-forwarded-for": "999.999.1.1, fe80::1%eth0" },
      { "x-request-id": "\u00ff".repeat(80) },
      { traceparent: "00-zz" },
      { accept: "text/html" },
      { accept: ";;;" },
      { "if-none-match": "*" },
      { range: "bytes=5-2" },
    ),
  },
);
