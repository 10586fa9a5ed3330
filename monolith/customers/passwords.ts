import { hash, verify } from "@node-rs/argon2";

// OWASP's Password Storage Cheat Sheet: Argon2id (the library's default) with 19 MiB, two passes, one lane.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of a password that nobody has: verified against when there is no account, so that both cases take as long. */
const NOBODY =
  "$argon2id$v=19$m=19456,t=2,p=1$3C/w0RKUpFclTRyCKT6VMA$wP55wOO3QdaR0LzpNn9BkdyQ5fV/e1QkC2j3JVZLzV0";

export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

/** Does the same work whether the account exists (`stored`) or not (undefined), and is false in the latter case. */
export async function passwordMatches(stored: string | undefined, password: string): Promise<boolean> {
  const matches = await verify(stored ?? NOBODY, password);
  return stored !== undefined && matches;
}
