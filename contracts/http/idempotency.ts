import { z } from "zod";

/** Request header, lower case (draft-ietf-httpapi-idempotency-key-header). */
export const IDEMPOTENCY_KEY = "idempotency-key";

/** The client's choice: a UUID does. A quoted string (the draft's form) is read without its quotes. */
export const IdempotencyKey = z
  .string()
  .transform((value) => value.replace(/^"(.*)"$/, "$1"))
  .pipe(z.string().regex(/^[\x21-\x7e]{1,255}$/, "is not 1 to 255 printable ASCII characters"));
