import { z } from "zod";

/* The customers' HTTP contract. Signing up and in answer a `Customer` and set the cookie `session`. */

export const Role = z.enum(["customer", "admin"]);
export type Role = z.output<typeof Role>;

const storable = (value: string) => value.isWellFormed() && !value.includes("\0");

/** What a session token's `sub` may be: no shop has a customer whom its database can't name. */
export const CustomerId = z.string().min(1).max(200).refine(storable);

/** A customer as the shop tells it to that customer, and to nobody else. */
export const Customer = z.strictObject({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: Role,
});
export type Customer = Readonly<z.output<typeof Customer>>;

const Email = z.email("is no e-mail address").max(254).toLowerCase();

/** Body of `POST /api/customers`. */
export const SignUp = z.strictObject({
  email: Email,
  name: z
    .string()
    .trim()
    .min(1, "is empty")
    .max(120)
    .refine(storable, "has a character that can't be stored"),
  /** By length only (NIST SP 800-63B §3.1.1.2); the upper bound keeps hashing cheap. */
  password: z
    .string()
    .min(8, "has fewer than eight characters")
    .max(200, "has more than two hundred characters"),
});

/** Body of `POST /api/sessions`. A password that no account can have is refused like a wrong one, so no lower bound. */
export const SignIn = z.strictObject({ email: Email, password: z.string().max(200) });
