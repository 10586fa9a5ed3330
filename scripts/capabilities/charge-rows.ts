import type { Pool } from "pg";

/** A row of the card processor's own books. */
export interface ChargeRow {
  readonly id: string;
  readonly status: "charged" | "declined" | "refunded";
  /** Null for a tombstone: nothing was ever taken. */
  readonly amount: number | null;
}

/** All that came in since then; without a moment, all. */
export async function readCharges(cards: Pool, since = new Date(0)): Promise<ChargeRow[]> {
  const { rows } = await cards.query<Omit<ChargeRow, "amount"> & { readonly amount: string | null }>(
    "SELECT id, status, amount FROM charge WHERE created_at >= $1",
    [since],
  );
  return rows.map(({ amount, ...row }) => ({ ...row, amount: amount === null ? null : Number(amount) }));
}
