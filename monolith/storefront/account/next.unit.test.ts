import { expect, test } from "vitest";
import { nextOf } from "./next.ts";

test.each(["/checkout", "/orders?page=2", "/search?q=caf%C3%A9"])("%s is a place to go on to", (path) => {
  expect(nextOf(path)).toBe(path);
});

test.each([
  "",
  "checkout",
  "//evil.example",
  "//evil.example/orders",
  "/\\evil.example",
  "/.//evil.example",
  "/a/..//evil.example",
  "/\t/evil.example",
  "https://evil.example/",
  "javascript:alert(1)",
  `/${"a".repeat(3_000)}`,
])("%j leads to the home page instead: it is no place of the shop", (given) => {
  expect(nextOf(given)).toBe("/");
});

test("what could end a header is encoded", () => {
  expect(nextOf("/a\r\nset-cookie: b=c")).toBe("/aset-cookie:%20b=c");
});
