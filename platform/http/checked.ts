import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { z } from "zod";
import { wordsOf } from "./words.ts";

/** What came in, as its schema reads it; else BYN-SHOP-002 with every mistake named. Values are not repeated. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value, { error: wordsOf });
  if (parsed.success) return parsed.data;
  throw new BanyanError("BYN-SHOP-002", "some fields are not valid", {
    mistakes: parsed.error.issues.map(({ path, message }) => ({ place: path.join("."), message })),
  });
}
