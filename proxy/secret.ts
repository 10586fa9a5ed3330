import { createHash, timingSafeEqual } from "node:crypto";

/** Compares with a secret in constant time, whatever the lengths. Without a secret nothing is equal to it. */
export function equalsSecret(secret: string | undefined): (given: string | undefined) => boolean {
  if (secret === undefined) return () => false;
  const expected = digest(secret);
  return (given) => given !== undefined && timingSafeEqual(digest(given), expected);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
