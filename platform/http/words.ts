import type { z } from "zod";

type Issue = Parameters<z.core.$ZodErrorMap>[0];

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  date: "a date",
};
const FORMATS: Readonly<Record<string, string>> = {
  email: "an e-mail address",
  url: "a URL",
  uuid: "a UUID",
  date: "a date (YYYY-MM-DD)",
  datetime: "a date and time (ISO 8601)",
};

/**
 * What a validator found, in words that go after the name of a field ("is missing"): people read them. Of a schema's own
 * message Zod doesn't ask; for what is rare, undefined: then Zod's own words stand.
 */
export function wordsOf(issue: Issue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "is missing";
      return kindText(TYPES[issue.expected]);
    case "invalid_format":
      return kindText(FORMATS[issue.format]) ?? "does not have the right form";
    case "invalid_value":
      if (issue.input === undefined) return "is missing";
      return issue.values.length === 1
        ? `is not ${String(issue.values[0])}`
        : `is none of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return tooSmall(issue.origin, Number(issue.minimum), issue.inclusive !== false);
    case "too_big":
      return tooBig(issue.origin, Number(issue.maximum), issue.inclusive !== false);
    case "unrecognized_keys":
      return `has what is not known here: ${issue.keys.join(", ")}`;
    default:
      return undefined;
  }
}

function kindText(kind: string | undefined): string | undefined {
  return kind && `is not ${kind}`;
}

/** What the things that have a length are counted in. */
const PARTS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ["character", "characters"],
  array: ["entry", "entries"],
};

function tooSmall(origin: string, least: number, inclusive: boolean): string | undefined {
  const parts = PARTS[origin];
  if (parts !== undefined) return least === 1 ? "is empty" : `has fewer than ${least} ${parts[1]}`;
  if (!NUMBERS.has(origin)) return undefined;
  return inclusive ? `is less than ${least}` : `is not more than ${least}`;
}

function tooBig(origin: string, most: number, inclusive: boolean): string | undefined {
  const parts = PARTS[origin];
  if (parts !== undefined) return `has more than ${most} ${parts[most === 1 ? 0 : 1]}`;
  if (!NUMBERS.has(origin)) return undefined;
  return inclusive ? `is more than ${most}` : `is not less than ${most}`;
}

const NUMBERS: ReadonlySet<string> = new Set(["number", "int"]);
