import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { describe, expect, it } from "vitest";
import { dependenciesOf, dependentsOf } from "./depends-on.ts";
import { loadSettings, readSettings, settingsJsonSchema } from "./settings.ts";

const GOOD = `
upstreams:
  monolith: { url: http://127.0.0.1:3000 }
  catalog: { url: http://127.0.0.1:3001 }
capabilities:
  catalog:
    upstream: catalog
    routes: [ GET /api/products, 'GET /api/products/:id', 'GET /catalog/*' ]
`;

function mistakesOf(text: string, environment = {}): string[] {
  try {
    readSettings(text, environment);
  } catch (error) {
    if (error instanceof BanyanError)
      return error.mistakes.map(({ place, message }) => `${place}: ${message}`);
  }
  return [];
}

describe("banyan.yaml", () => {
  it("runs with its upper part alone, and is frozen all the way down", () => {
    const settings = readSettings(GOOD, {});
    expect(settings.listen).toEqual({ host: "127.0.0.1", port: 8080 });
    expect(settings.flags).toEqual({ source: "static" });
    expect(settings.capabilities.catalog?.writes).toBe("none");
    expect(settings.capabilities.catalog?.ladder).toEqual([1, 10, 50, 100]);
    expect(Object.isFrozen(settings.capabilities.catalog?.routes[0]?.segments)).toBe(true);
  });

  it("names every mistake with its path and line, and none hides another", () => {
    const found = mistakesOf(`listen: 99
upstream: {}
upstreams:
  catalog: { url: "ftp://x", foo: 1 }
flags: { source: unleash, url: "http://x", token: "\${T:-abc}" }
identity: [ { header: x-user-id, foo: 2 }, { claim: sub, cookie: s } ]
trust: [ 127.0.0.1/33 ]
deny: [ /admin/../x ]
capabilities:
  Catalog:
    upstream: catalog
    routes: [ POST /api/products ]
    percentage: 101
  a:
    upstream: nope
    writes: owned
    routes: [ GET /x/* ]
  b:
    upstream: monolith
    routes:
      - GET /y
      - GET /x/:id
    ladder: [ 10, 5 ]
  c: { upstream: "\${NOPE}" }
`);
    const places = found.map((mistake) => mistake.split(":")[0]);
    expect(places).toHaveLength(20);
    expect(places).toEqual(
      expect.arrayContaining([
        "listen (line 1)",
        "upstream (line 2)",
        "upstreams (line 3)",
        "upstreams.catalog.url (line 4)",
        "upstreams.catalog.foo (line 4)",
        "flags.token (line 5)",
        "identity[0].foo (line 6)",
        "identity[1] (line 6)",
        "trust[0] (line 7)",
        "deny[0] (line 8)",
        "capabilities.Catalog (line 10)",
        "capabilities.Catalog.routes[0] (line 12)",
        "capabilities.Catalog.percentage (line 13)",
        "capabilities.a.upstream (line 15)",
        "capabilities.a.writes (line 16)",
        "capabilities.b.upstream (line 19)",
        "capabilities.b.routes[1] (line 22)",
        "capabilities.b.ladder (line 23)",
        "capabilities.c.upstream (line 24)",
        "capabilities.c.routes (line 24)",
      ]),
    );
  });

  it.each([
    ["GET /x/*", "GET /x", true],
    ["GET /x/*", "GET /xy", false],
    ["GET /x/:id", "GET /x/new", true],
    ["GET /x/:id", "GET /x/:id/more", false],
    ["HEAD /x", "GET /x", true],
    ["OPTIONS /x", "GET /x", false],
    ["/x", "OPTIONS /x", true],
    ["GET /*", "GET /deep/down", true],
  ])("knows whether %s and %s of two capabilities overlap", (a, b, overlap) => {
    const text = `${GOOD.split("capabilities:")[0]}capabilities:
  a: { upstream: catalog, routes: [ '${a}' ] }
  b: { upstream: catalog, routes: [ '${b}' ] }
`;
    expect(mistakesOf(text).some((mistake) => mistake.includes("overlaps"))).toBe(overlap);
  });

  it("lets unsafe methods be routed with `writes: owned` and a slot key that each route has, and only then", () => {
    const orders = (routes: string, more: string) =>
      `${GOOD}  orders: { upstream: catalog, routes: [ ${routes} ]${more} }\n`;
    const owned = ", writes: owned, slotKey: { param: id }";
    const { capabilities, hold } = readSettings(orders("'POST /o/:id', 'GET /o/:id/*'", owned), {});
    expect(capabilities.orders?.routes[0]?.methods).toEqual(["POST"]);
    expect(hold).toEqual({ ms: 2_000, requests: 200, bodyBytes: 65_536, bytes: 16_777_216 });
    const first = (routes: string, more: string) => mistakesOf(orders(routes, more)).join("\n");
    expect(first("POST /o", ", writes: owned")).toMatch(
      /^capabilities\.orders\.writes .*: `writes: owned` needs `slotKey`$/,
    );
    expect(first("'POST /o/:id', POST /o", owned)).toMatch(
      /^capabilities\.orders\.routes\[1\] .*: `POST \/o` has no `:id`, which is the slot key: give it one, `id: true` or `stale: ok`$/,
    );
    expect(first("POST /o", "")).toMatch(
      /^capabilities\.orders\.routes\[0\] .*POST is not GET, HEAD or OPTIONS/,
    );
    expect(first("TRACE /o", ", writes: owned, slotKey: { claim: sub }")).toContain("routes[0]");
  });

  it("takes routes of an owned capability by an id, or stale, and only reads may be stale", () => {
    const stock = (routes: string, more = ", writes: owned, slotKey: { param: sku }") =>
      `${GOOD}  stock: { upstream: catalog, routes: [ ${routes} ]${more} }\n`;
    const routes = `'PUT /s/:sku', { route: 'GET /r/:id', id: true }, { route: GET /s, stale: ok }, { route: 'GET /t/:sku' }`;
    const read = readSettings(stock(routes), {}).capabilities.stock?.routes;
    expect(read?.map(({ pattern, by }) => [pattern, by])).toEqual([
      ["/s/:sku", "key"],
      ["/r/:id", "id"],
      ["/s", "stale"],
      ["/t/:sku", "key"],
    ]);
    const wrong = (route: string, more?: string) => mistakesOf(stock(route, more)).join("\n");
    expect(wrong("{ route: GET /s, id: true }")).toMatch(
      /routes\[0\] .*has no parameter that could be an id$/,
    );
    expect(wrong("{ route: 'PUT /s/:x', stale: ok }")).toMatch(
      /routes\[0\] .*only reads may be `stale: ok`$/,
    );
    expect(wrong("{ route: 'GET /s/:x', stale: ok, id: true }")).toMatch(/routes\[0\] .*not both$/);
    expect(wrong("{ route: GET /s }")).toMatch(/routes\[0\] .*has no `:sku`/);
    expect(wrong("{ route: nonsense, stale: ok }")).toMatch(/routes\[0\] .*a route is `\[METHOD\] \/path`$/);
    expect(wrong("{ route: GET /s, stale: yes }")).toMatch(/^capabilities\.stock\.routes\[0\]\.stale /);
    expect(wrong("{ route: GET /s, stale: ok }", "")).toMatch(/routes\[0\] .*`writes: owned`$/);
    expect(wrong("{ route: GET /api/products, stale: ok }")).toContain("overlaps `/api/products` of catalog");
  });

  it("wants a slot key's claim among those of `identity`", () => {
    const claim = `${GOOD}  orders: { upstream: catalog, routes: [ GET /o ], writes: owned, slotKey: { claim: sub } }
jwks: { url: http://127.0.0.1:1, algorithms: [ EdDSA ] }
`;
    expect(mistakesOf(`${claim}identity: [ { claim: email, cookie: s } ]\n`)).toEqual([
      "capabilities.orders.slotKey.claim (line 9): `identity` has no token with the claim `sub`",
    ]);
    expect(mistakesOf(`${claim}identity: [ { visitor: true }, { claim: sub, cookie: s } ]\n`)).toEqual([]);
  });

  it("lets a capability wait for others that are there, and none for itself by any way", () => {
    const chain = (a: string, b: string, c: string) =>
      mistakesOf(`${GOOD.split("capabilities:")[0]}capabilities:
  a: { upstream: catalog, routes: [ GET /a ], dependsOn: { ${a} } }
  b: { upstream: catalog, routes: [ GET /b ], dependsOn: { ${b} } }
  c: { upstream: catalog, routes: [ GET /c ], dependsOn: { ${c} } }
`);
    expect(chain("b: live, c: live", "c: live", "")).toEqual([]);
    expect(chain("d: live", "", "")).toEqual([
      "capabilities.a.dependsOn.d (line 6): there is no capability `d`",
    ]);
    expect(chain("a: live", "", "")).toEqual([
      "capabilities.a.dependsOn.a (line 6): they wait for each other: a → a",
    ]);
    expect(chain("b: live", "c: live", "b: live")).toEqual([
      "capabilities.b.dependsOn.c (line 7): they wait for each other: b → c → b",
      "capabilities.c.dependsOn.b (line 8): they wait for each other: c → b → c",
    ]);
    expect(chain("b: ramp", "", "")[0]).toContain("`live` is the one stage to wait for");
    const settings = readSettings(
      `${GOOD}  stock: { upstream: catalog, routes: [ GET /s ], dependsOn: { catalog: live } }\n`,
      {},
    );
    expect(dependenciesOf(settings, "stock")).toEqual([{ capability: "catalog", stage: "live" }]);
    expect(dependenciesOf(settings, "catalog")).toEqual([]);
    expect(dependentsOf(settings, "catalog")).toEqual(["stock"]);
  });

  it("refuses a percentage beside Unleash, and writes that this version has not", () => {
    const unleash = `${GOOD}    percentage: 5
    writes: shared
flags: { source: unleash, url: http://127.0.0.1:4242, token: "\${TOKEN}" }
`;
    const found = mistakesOf(unleash, { TOKEN: "t" });
    expect(found).toHaveLength(2);
    expect(found.join()).toContain("not in this version");
    expect(found.join()).toContain("static");
  });

  it("expands variables after parsing, so that a value never becomes structure", () => {
    const text = GOOD.replace("http://127.0.0.1:3001", `"\${HOST:-http://127.0.0.1:9}"`);
    expect(readSettings(text, {}).upstreams.catalog?.url).toBe("http://127.0.0.1:9");
    expect(mistakesOf(text, { HOST: "http://a, deny: [ /x ]" })[0]).toContain(
      "upstreams.catalog.url (line 4)",
    );
    expect(mistakesOf(`a: { token: \${T} }`)[0]).toContain("in quotes");
  });

  it("names the lines of unquoted references alone, not what a broken brace makes of the rest", () => {
    const text = `upstreams:
  monolith: { url: \${A} }
  catalog: { url: "\${B:-http://x}" }
  other: { url: \${C:-http://x} }
flags: { source: static }
capabilities: {}
`;
    expect(mistakesOf(text)).toEqual([
      `the file (line 2): between { } or [ ] write "\${NAME}" in quotes`,
      `the file (line 4): between { } or [ ] write "\${NAME}" in quotes`,
    ]);
    // Outside of braces a reference needs none.
    expect(mistakesOf(`upstreams:\n  monolith:\n    url: \${A}\n`, { A: "http://127.0.0.1:1" })).toEqual([]);
  });

  it.each([
    [
      "an alias bomb",
      `a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c]\n`,
      /alias/,
    ],
    ["an alias of nothing", "a: *nothing\n", /alias/],
    ["a list that holds itself", "a: &a [ *a ]\n", /deep/],
    ["a list in a list, and so on", `a: ${"[".repeat(200)}${"]".repeat(200)}\n`, /deep/],
    ["a list in a list beyond all bounds", `a: ${"[".repeat(20_000)}${"]".repeat(20_000)}\n`, /./],
    ["nothing", "", /the file is empty/],
    ["comments only", "# nothing\n", /the file is empty/],
  ])("refuses %s with a code", (_what, text, message) => {
    expect(() => readSettings(text, {})).toThrow(BanyanError);
    const found = mistakesOf(text);
    expect(found.join()).toMatch(message);
  });

  it("names the same route twice in one capability, and overlaps beside other mistakes", () => {
    const routes = (
      first: string,
      second: string,
      more = "",
    ) => `${GOOD.split("capabilities:")[0]}capabilities:
  a: { upstream: catalog, routes: [ '${first}' ]${more} }
  b: { upstream: catalog, routes: [ '${second}', 'nonsense' ], percentage: 101 }
`;
    expect(mistakesOf(routes("GET /x", "GET /x/:id"))).toHaveLength(2);
    const both = mistakesOf(routes("GET /x/*", "GET /x/:id", ", writes: owned"));
    expect(both).toHaveLength(4);
    expect(both.join()).toContain("capabilities.b.routes[0] (line 7): `/x/:id` overlaps `/x/*` of a");
    const twice = (list: string) => mistakesOf(GOOD.replace(/routes: .*/, `routes: [ ${list} ]`));
    expect(twice("GET /x, GET /y, GET /x")).toEqual([
      "capabilities.catalog.routes[2] (line 8): `/x` stands in this capability twice",
    ]);
    expect(twice("GET /x/:a, '/x/:b'")).toHaveLength(1);
    expect(twice("GET /x, OPTIONS /x, GET /x/:id, 'GET /x/*'")).toEqual([]);
  });

  it("names all that is wrong with an address at once", () => {
    const found = mistakesOf(GOOD.replace("http://127.0.0.1:3001", "ftp://u:p@127.0.0.1/path?query"));
    expect(found).toHaveLength(1);
    for (const fault of ["not an http(s) address", "no user or password", "without a path"]) {
      expect(found[0]).toContain(fault);
    }
  });

  it("never repeats a secret in what it says", () => {
    const text = `${GOOD}flags: { source: unleash, url: nonsense, token: "\${TOKEN}", more: 1 }`;
    expect(mistakesOf(text, { TOKEN: "s3cret-value" })).toHaveLength(2);
    expect(JSON.stringify(mistakesOf(text, { TOKEN: "s3cret-value" }))).not.toContain("s3cret-value");
  });

  it("says with a code that the file cannot be read", () => {
    expect(() => loadSettings("/nowhere/banyan.yaml", {})).toThrow(/BYN-CONFIG-002 .*ENOENT/);
  });

  it("has a JSON Schema that closes every map", () => {
    const schema = settingsJsonSchema();
    expect(schema.additionalProperties).toBe(false);
    expect(JSON.stringify(schema)).toContain("deadlineMs");
  });
});
