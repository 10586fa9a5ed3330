import { readEnvironment } from "@banyan/platform/environment/environment.ts";
import { expect, test } from "vitest";
import { addressOf, MonolithSettings } from "./open-monolith.ts";

test.each([
  ["127.0.0.1", "http://127.0.0.1:3000"],
  ["0.0.0.0", "http://127.0.0.1:3000"],
  ["::", "http://[::1]:3000"],
  ["10.0.0.7", "http://10.0.0.7:3000"],
  ["shop.internal", "http://shop.internal:3000"],
])("listening at %s, it finds itself at %s", (host, address) => {
  expect(addressOf(host, 3_000)).toBe(address);
});

test.each([
  ["CARD_PROCESSOR_URL", "smtp://127.0.0.1:25"],
  ["CARD_PROCESSOR_URL", "cards"],
  ["SMTP_URL", "http://127.0.0.1:25"],
  ["STOREFRONT_FILE", ""],
  ["TRUST_PROXY", ""],
  ["TRUST_PROXY", "proxy-1"],
  ["TRUST_PROXY", "10.0.0.7, "],
  ["TRUST_PROXY", "10.0.0.0/33"],
  ["TRUST_PROXY", "0.0.0.0/0"],
  ["TRUST_PROXY", "loopback, none"],
  ["CHECKOUT", ""],
  ["CHECKOUT", "both"],
  ["SERVICE_TOKEN", ""],
  ["SERVICE_TOKEN", "guessed"],
])("%s is not usable as %j", (name, value) => {
  const good = { DATABASE_URL: "postgres://a@b/c", SESSION_KEY: "{}" };
  expect(MonolithSettings.safeParse(good).success).toBe(true);
  expect(MonolithSettings.safeParse({ ...good, [name]: value }).success).toBe(false);
});

test.each([
  [undefined, ["loopback"]],
  ["none", []],
  [
    "10.0.0.7, 10.1.0.0/16,2001:db8::/32,uniquelocal",
    ["10.0.0.7", "10.1.0.0/16", "2001:db8::/32", "uniquelocal"],
  ],
])("TRUST_PROXY as %j trusts %j", (value, trusted) => {
  const given = { DATABASE_URL: "postgres://a@b/c", SESSION_KEY: "{}", TRUST_PROXY: value };
  expect(MonolithSettings.parse(given).TRUST_PROXY).toEqual(trusted);
});

test("a TRUST_PROXY that can't be read is BYN-CONFIG-001 and names it", () => {
  const given = { DATABASE_URL: "postgres://a@b/c", SESSION_KEY: "{}", TRUST_PROXY: "proxy-1" };
  expect(() => readEnvironment(MonolithSettings, given)).toThrow(/^BYN-CONFIG-001 .*TRUST_PROXY: every item/);
});
