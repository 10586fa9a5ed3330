import { z } from "zod";

/* The customers' HTTP contract. Signing up and in answer a `Customer` and set the cookie `session`. */

export const Role = z.enum(["customer", "admin"]);
export type Role = z.output<typeof Role>;

/** A customer as the shop tells it to that customer, and to nobody else. */
export const Customer = z.strictObject({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: Role,
});
export type Customer = Readonly<z.output<typeof Customer>>;

const storable = (value: string) => value.isWellFormed() && !value.includes("\0");

const Email = z.email().max(254).toLowerCase();

/** Body of `POST /api/customers`. */
export const SignUp = z.strictObject({
  email: Email,
  name: z.string().trim().min(1).max(120).refine(storable, "has a character that can't be stored"),
  /** By length only (NIST SP 800-63B §3.1.1.2); the upper bound keeps hashing cheap. */
  password: z.string().min(8).max(200),
});

/** Body of `POST /api/sessions`. A password that no account can have is refused like a wrong one, so no lower bound. */
export const SignIn = z.strictObject({ email: Email, password: z.string().max(200) });
