import { readSettings, settingsJsonSchema } from "@banyan/platform/settings/settings.ts";
import { describe, expect, it } from "vitest";
import { codeOf, tableRowsOf } from "./markdown.ts";
import { read, readPages } from "./project.ts";

const GUIDE = "docs/how-to/your-own-monolith.md";

interface Key {
  readonly name: string;
  /** Undefined where the schema has none. */
  readonly byDefault: unknown;
}

/** Every key that a file may have, with dots: `capabilities.NAME.limits.bodyBytes`, `identity[].claim`. */
function keysOf(schema: unknown, name = ""): Key[] {
  if (typeof schema !== "object" || schema === null) return [];
  const {
    properties,
    additionalProperties,
    items,
    oneOf,
    anyOf,
    default: byDefault,
  } = schema as Record<string, unknown>;
  const below = [
    ...Object.entries(properties ?? {}).flatMap(([key, value]) =>
      keysOf(value, name === "" ? key : `${name}.${key}`),
    ),
    ...keysOf(additionalProperties, `${name}.NAME`).filter(({ name: key }) => !key.endsWith(".NAME")),
    ...keysOf(items, `${name}[]`).filter(({ name: key }) => !key.endsWith("[]")),
    ...[oneOf, anyOf].flatMap((options) =>
      Array.isArray(options) ? options.flatMap((one) => keysOf(one, name)) : [],
    ),
  ].filter(({ name: key }) => key !== name);
  const unique = [...new Map(below.map((key) => [key.name, key])).values()];
  return unique.length > 0 ? unique : [{ name, byDefault }];
}

/** The rows of the reference table: key and default as written. */
function rowsOf(page: string): ReadonlyMap<string, string> {
  const reference = page.slice(page.indexOf("## Every key of the file"));
  return new Map(
    tableRowsOf(reference).flatMap(([first = "", second = ""]) => {
      const key = /^`(.+)`$/.exec(first)?.[1];
      return key === undefined ? [] : [[key, second] as const];
    }),
  );
}

function keyDifferences(page: string): string[] {
  const rows = rowsOf(page);
  const keys = keysOf(settingsJsonSchema());
  return [
    ...keys.filter(({ name }) => !rows.has(name)).map(({ name }) => `the table has no ${name}`),
    ...[...rows.keys()]
      .filter((row) => !keys.some(({ name }) => name === row))
      .map((row) => `there is no key ${row}`),
    ...keys
      .filter(
        ({ name, byDefault }) =>
          byDefault !== undefined &&
          rows.has(name) &&
          rows.get(name)?.replaceAll("`", "") !== shown(byDefault),
      )
      .map(({ name, byDefault }) => `${name} is ${shown(byDefault)} by default`),
  ];
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** Every example of a whole settings file in the docs. */
const examples = readPages().flatMap((page) =>
  codeOf(page)
    .filter(({ fence, text }) => fence === "yaml" && text.includes("upstreams:"))
    .map(({ text }) => [page.path, text] as const),
);

describe("the guide's table of keys", () => {
  it("has every key of the schema with its default, and no other", () => {
    expect(keysOf(settingsJsonSchema()).length).toBeGreaterThan(30);
    expect(keyDifferences(read(GUIDE))).toEqual([]);
  });

  it.each([
    ["a key left out", /^\| `trust` .*\n/m, "", "the table has no trust"],
    ["a key too many", "| `deny` |", "| `denied` |", "the table has no deny"],
    ["another default", "| 2000 |", "| 3000 |", "limits.connectMs is 2000 by default"],
  ])("would show %s", (_what, from, to, expected) => {
    expect(keyDifferences(read(GUIDE).replace(from, to))).toContain(expected);
  });
});

describe("the examples of banyan.yaml in the docs", () => {
  it("are there", () => {
    expect(examples.map(([path]) => path)).toEqual(expect.arrayContaining(["README.md", GUIDE]));
  });

  it.each(examples)("in %s can be read as they stand", (_path, text) => {
    const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(
      ([, name = ""]) => [name, "http://127.0.0.1:4242"] as const,
    );
    expect(Object.keys(readSettings(text, Object.fromEntries(names)).capabilities)).toEqual(["catalog"]);
  });

  it("would be seen with a mistake in them", () => {
    const [, text = ""] = examples[0] ?? [];
    expect(() => readSettings(text.replace("routes:", "route:"), {})).toThrow("BYN-CONFIG-003");
  });
});
