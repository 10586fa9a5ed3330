import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalPath } from "./canonical-path.ts";

describe("the one reading of a path", () => {
  it.each([
    ["/", "/"],
    ["/a/b-c_d~e", "/a/b-c_d~e"],
    ["/%61%7E%2d/b", "/a~-/b"],
    ["/file%2etxt", "/file.txt"],
    ["/caf%c3%a9", "/caf%C3%A9"],
    ["/caf\xc3\xa9", "/caf%C3%A9"],
    ["/a%20b;c=d", "/a%20b;c=d"],
    ["/a/...", "/a/..."],
  ])("%s is %s", (raw, path) => {
    expect(canonicalPath(raw)).toEqual({ ok: true, path });
  });

  it.each([
    "",
    "a",
    "*",
    "//",
    "/a//b",
    "/.",
    "/..",
    "/a/./b",
    "/a/..",
    "/%2e%2e/a",
    "/.%2E",
    "/..;/a",
    "/..%3bx",
    "/a%2fb",
    "/a%5Cb",
    "/a\\b",
    "/%00",
    "/a%0d%0a",
    "/%7f",
    "/%",
    "/%4",
    "/%zz",
    "/%u002f",
    "/a b",
    "/a#b",
    "/%c0%af",
    "/%E0%80%AF",
    "/\u2215",
  ])("%j is refused, not guessed", (raw) => {
    expect(canonicalPath(raw).ok).toBe(false);
  });

  it("reads its own result the same way again", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom("a", "/", ".", "%", "2", "e", "E", "f", "5", "c", ";", "\xe9", "~"),
        }),
        (text) => {
          const once = canonicalPath(`/${text}`);
          if (once.ok) expect(canonicalPath(once.path)).toEqual(once);
        },
      ),
    );
  });
});
