import { describe, expect, test } from "vitest";
import { isJson, jsonDifferences, mediaTypeOf, parseIgnore, sameJson } from "./canonical.ts";

const ignore = (text: string) => {
  const path = parseIgnore(text);
  if (path === undefined) throw new Error(`no ignore: ${text}`);
  return path;
};

describe("comparing JSON by what it says", () => {
  test("members in another order, and other spellings of the same value, are the same", () => {
    expect(sameJson('{"a":1,"b":[1,2]}', ' {"b" : [1.0, 2], "a":1e0}', [])).toBe(true);
    expect(sameJson('"\\u00e9"', '"é"', [])).toBe(true);
  });

  test("elements in another order are different", () => {
    expect(sameJson("[1,2]", "[2,1]", [])).toBe(false);
  });

  test.each([
    ['{"a":1}', '{"a":2}', "a", "1", "2"],
    ['{"a":1}', '{"a":"1"}', "a", "1", '"1"'],
    ['{"a":null}', "{}", "a", "null", "(missing)"],
    ["{}", '{"a":{"b":1}}', "a", "(missing)", '{"b":1}'],
    ['{"a":[{"b":1},{"b":2}]}', '{"a":[{"b":1},{"b":3}]}', "a.1.b", "2", "3"],
    ["[1]", "[1,2]", "1", "(missing)", "2"],
    ["{}", "[]", "", "{}", "[]"],
    ['{"__proto__":1}', "{}", "__proto__", "1", "(missing)"],
    ['{"a":"x"}', "{}garbage", "", '{"a":"x"}', "{}garbage"],
  ])("%s and %s differ at %j", (left, right, place, l, r) => {
    expect(jsonDifferences(left, right, [], 10)).toEqual([{ place, left: l, right: r }]);
  });

  test("a declared ignore explains its own place and no other", () => {
    const left = '{"at":1,"items":[{"at":1,"n":1}]}';
    const right = '{"at":2,"items":[{"at":2,"n":1}]}';
    expect(sameJson(left, right, [ignore("at")])).toBe(false);
    expect(sameJson(left, right, [ignore("at"), ignore("items.*.at")])).toBe(true);
    expect(sameJson(left, right.replace('"n":1', '"n":2'), [ignore("at"), ignore("items.*.at")])).toBe(false);
  });

  test("no more differences are listed than asked for, and long values are cut", () => {
    const [first, ...rest] = jsonDifferences(`["${"x".repeat(500)}",1,2]`, "[0,0,0]", [], 2);
    expect(rest).toHaveLength(1);
    expect(first?.left.length).toBeLessThan(130);
  });

  test("media types are read without case and parameters", () => {
    expect(mediaTypeOf("Application/Problem+JSON; charset=utf-8")).toBe("application/problem+json");
    expect(mediaTypeOf(undefined)).toBe("");
    expect(["application/json", "application/problem+json", "text/html", ""].map(isJson)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test("an ignore with an empty segment is refused", () => {
    expect(["", "a..b", ".a"].map(parseIgnore)).toEqual([undefined, undefined, undefined]);
  });
});
