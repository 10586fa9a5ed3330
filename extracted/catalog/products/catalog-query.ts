import type { ProductQuery } from "@banyan/contracts/http/catalog.ts";

/**
 * The same text for all spellings of one list. ASCII case and runs of blanks in `q` make no difference to
 * `websearch_to_tsquery` (Postgres manual, 12.3.2), so they make none here; other letters stay, their case folding is
 * the database's affair.
 */
export function listKey({ q, category, page, perPage }: ProductQuery): string {
  const words = q?.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/ +/g, " ");
  return JSON.stringify([words ?? null, category ?? null, page, perPage]);
}
