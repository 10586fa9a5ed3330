import { BanyanError, type Mistake } from "@banyan/contracts/errors/banyan-error.ts";
import type { z } from "zod";

/**
 * Reads a process's environment once, in its `main.ts`: all that is wrong is named in one error
 * (BYN-CONFIG-001), and the result is frozen. Values are never repeated in the error: they may be secrets.
 */
export function readEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<z.output<Schema>> {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return Object.freeze(parsed.data);
  const mistakes: Mistake[] = parsed.error.issues.map((issue) => ({
    place: issue.path.join("."),
    message: issue.message,
  }));
  throw new BanyanError(
    "BYN-CONFIG-001",
    `the environment is not usable: ${mistakes.map((m) => `${m.place}: ${m.message}`).join("; ")}`,
    {
      mistakes,
    },
  );
}
