import type { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { expect, test } from "vitest";
import { z } from "zod";
import { checked } from "./checked.ts";

function mistakesOf(schema: z.ZodType, value: unknown): string[] {
  try {
    checked(schema, value);
  } catch (wrong) {
    return (wrong as BanyanError).mistakes.map(({ place, message }) => `${place} ${message}`);
  }
  return [];
}

const said = (schema: z.ZodType, value: unknown) => mistakesOf(z.object({ it: schema }), { it: value })[0];

test("mistakes are told in words of our own that go after the name of the field", () => {
  expect(said(z.string(), undefined)).toBe("it is missing");
  expect(said(z.string(), 1)).toBe("it is not a text");
  expect(said(z.coerce.number(), "abc")).toBe("it is not a number");
  expect(said(z.int(), 1.5)).toBe("it is not a whole number");
  expect(said(z.coerce.number().int(), "1.5")).toBe("it is not a whole number");
  expect(said(z.object({}), "x")).toBe("it is not an object");
  expect(said(z.array(z.string()), "x")).toBe("it is not a list");
  expect(said(z.string().min(1), "")).toBe("it is empty");
  expect(said(z.string().min(12), "short")).toBe("it has fewer than 12 characters");
  expect(said(z.string().max(3), "longer")).toBe("it has more than 3 characters");
  expect(said(z.array(z.string()).max(1), ["a", "b"])).toBe("it has more than 1 entry");
  expect(said(z.number().min(1), 0)).toBe("it is less than 1");
  expect(said(z.number().positive(), 0)).toBe("it is not more than 0");
  expect(said(z.number().max(500), 501)).toBe("it is more than 500");
  expect(said(z.email(), "nobody")).toBe("it is not an e-mail address");
  expect(said(z.iso.date(), "today")).toBe("it is not a date (YYYY-MM-DD)");
  expect(said(z.string().regex(/^a$/), "b")).toBe("it does not have the right form");
  expect(said(z.enum(["a", "b"]), "c")).toBe("it is none of a, b");
  expect(said(z.literal("EUR"), "USD")).toBe("it is not EUR");
  expect(mistakesOf(z.strictObject({}), { odd: 1 })).toEqual([" has what is not known here: odd"]);
});

test("a schema's own message stays as it is, and each mistake has its place", () => {
  const schema = z.object({
    from: z.object({ day: z.iso.date("is no day of the calendar") }),
    page: z.coerce.number(),
  });
  expect(mistakesOf(schema, { from: { day: "x" }, page: "abc" })).toEqual([
    "from.day is no day of the calendar",
    "page is not a number",
  ]);
});
