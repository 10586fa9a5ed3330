import type { Accounts } from "@banyan/loadtests/runner/sessions.ts";
import { ADMIN_EMAIL, DEMO_PASSWORD, seedCustomers } from "@banyan/monolith/seed/customers.ts";

/** As `up` seeds the shop (monolith/seed.ts, its defaults). */
const SEED = 1;
const CUSTOMERS = 2_000;

/** `count` of the demo shop's customers, spread over all of them: the same ones each time. */
export function demoCustomers(count: number): Accounts & { readonly ids: readonly string[] } {
  const customers = seedCustomers(SEED, CUSTOMERS).filter(({ role }) => role === "customer");
  const every = Math.max(1, Math.floor(customers.length / count));
  const spread = customers.filter((_, n) => n % every === 0).slice(0, count);
  return {
    ids: spread.map(({ id }) => id),
    emails: spread.map(({ email }) => email),
    password: DEMO_PASSWORD,
  };
}

export const DEMO_ADMIN: Accounts = { emails: [ADMIN_EMAIL], password: DEMO_PASSWORD };
