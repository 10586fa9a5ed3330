import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.ts";
import { hashOf } from "./sha256.ts";

describe("canonicalJson", () => {
  it("sorts members by the UTF-16 units of their names, as RFC 8785 §3.2.3 shows", () => {
    const value = {
      "\u20ac": "Euro",
      "\r": "CR",
      "\ufb33": "Dalet",
      "1": "One",
      "\ud83d\ude00": "Face",
      "\u0080": "C",
      ö: "o",
    };
    expect(Object.values(JSON.parse(canonicalJson(value)) as object)).toHaveLength(7);
    expect(canonicalJson(value)).toBe(
      '{"\\r":"CR","1":"One","\u0080":"C","ö":"o","€":"Euro","\ud83d\ude00":"Face","\ufb33":"Dalet"}',
    );
  });

  it("writes numbers and strings as RFC 8785 §3.2.2 does", () => {
    const numbers = [1 / 3, 1e30, 4.5, 2e-3, 0.000000000000000000000000001, -0];
    expect(canonicalJson(numbers)).toBe("[0.3333333333333333,1e+30,4.5,0.002,1e-27,0]");
    expect(canonicalJson('€$\u000f\nA\'B"\\\\"/')).toBe('"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"');
  });

  it("gives one text for one value, whatever the order of its members, and survives being read back", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ maxDepth: 3 })), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        const text = canonicalJson(value);
        expect(canonicalJson(turned)).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
      { seed: 7 },
    );
  });

  it("leaves undefined members out and refuses what is not plain JSON, naming the place", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
    const refused = [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1n,
      new Date(0),
      new Map(),
      () => 1,
      "\ud800",
      [undefined],
    ];
    for (const value of refused) {
      expect(() => canonicalJson({ deep: value })).toThrow(/BYN-EVIDENCE-030 \$\.deep/);
    }
    let nested: unknown = 1;
    for (let i = 0; i < 100; i++) nested = [nested];
    expect(() => canonicalJson(nested)).toThrow("too deep");
  });

  it("hashes a known value to a known digest", () => {
    // echo -n '{"a":1,"b":[true,null]}' | sha256sum
    expect(hashOf({ b: [true, null], a: 1 })).toBe(
      "1cc69c7fa23616ca2ec3ee70d24390a6225c8832db8a4c814c7e0e7f942f8668",
    );
  });
});
