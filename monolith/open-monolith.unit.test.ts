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
])("%s is not usable as %j", (name, value) => {
  const good = { DATABASE_URL: "postgres://a@b/c", SESSION_KEY: "{}" };
  expect(MonolithSettings.safeParse(good).success).toBe(true);
  expect(MonolithSettings.safeParse({ ...good, [name]: value }).success).toBe(false);
});
