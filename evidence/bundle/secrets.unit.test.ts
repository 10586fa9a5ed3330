import { randomBytes } from "node:crypto";
import { signOverride } from "@banyan/contracts/http/override.ts";
import { describe, expect, it } from "vitest";
import { findSecret, scrub, scrubConfiguration } from "./secrets.ts";

const key = randomBytes(32).toString("base64url");
const override = signOverride({ capability: "catalog", side: "extracted", expiresAtS: 2_000_000_000 }, key);
const jwt = `${Buffer.from('{"alg":"EdDSA"}').toString("base64url")}.${"p".repeat(40)}.${"s".repeat(86)}`;

const PLANTED: Record<string, string> = {
  "a signed override token": `GET / x-trace ${override} done`,
  "a signed token (JWT)": `{"body":"${jwt}"}`,
  "an Unleash token": "url=/api token default:development.0123456789abcdef0123456789abcdef",
  "a private key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
  "a password in an address": "DATABASE_URL=postgres://banyan:hunter2@127.0.0.1:5432/shop",
  "a cookie": "set-cookie: session=abcdefgh12345; Path=/",
  "an authorization header": '"Authorization":["Bearer abcdef0123456789"]',
  "a Banyan header with a token": "x-banyan-debug: 0123456789abcdef0123",
};

describe("findSecret", () => {
  it.each(Object.entries(PLANTED))("finds %s, and scrubbing leaves none", (what, text) => {
    expect(findSecret(`first line\n${text}`)).toEqual({ what, line: 2 });
    const clean = scrub(text);
    expect(clean.removed).toBeGreaterThan(0);
    expect(findSecret(clean.text)).toBeNull();
    expect(clean.text).toContain(`[removed: ${what}]`);
  });

  it("finds a known secret that looks like nothing, raw or percent-encoded, but no short word", () => {
    const known = ["correct horse/battery", "ab"];
    expect(findSecret("?k=correct%20horse%2Fbattery", known)?.what).toBe("a secret of this install");
    expect(scrub("x correct horse/battery ab", known).text).toBe("x [removed: a secret of this install] ab");
  });

  it("leaves ordinary evidence alone", () => {
    const ordinary = [
      '{"name":"Cookie: chocolate, 300 g","price":1.5}',
      "sha256 5b3f9d2c7a1e4f6089b2c3d4e5f60718293a4b5c0123456789abcdef01234567",
      "2026-11-22T16:00:00.123Z http://127.0.0.1:3000/api/products?q=a.b",
      "authorization: none, cookie: session, k6 v2.2.0 (go1.26, linux/amd64)",
    ];
    for (const text of ordinary) expect(findSecret(text), text).toBeNull();
  });

  it("is quick on a large hostile text", () => {
    const started = performance.now();
    findSecret(`${"a:".repeat(50_000)} ${"eyJ".repeat(50_000)} ${"v1.".repeat(50_000)}`);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("scrubConfiguration", () => {
  it("removes literal secrets and keeps references to the environment and names that only sound alike", () => {
    const reference = "$" + "{ADMIN_TOKEN}";
    const text = [
      'flags: { source: unleash, token: "*:*.abc", url: http://127.0.0.1:4242 }',
      `adminToken: ${reference}`,
      "password: hunter2 # changed, often",
      "    slotKey: userId",
      "identity: [ { claim: sub, cookie: session } ]",
    ].join("\n");
    const clean = scrubConfiguration(text);
    expect(clean).not.toMatch(/abc|hunter2/);
    expect(clean).toContain(`adminToken: ${reference}`);
    expect(clean).toContain('password: "[removed: a secret]" # changed, often');
    expect(clean).toContain("url: http://127.0.0.1:4242");
    expect(clean).toContain("slotKey: userId");
    expect(clean).toContain("cookie: session");
  });
});
