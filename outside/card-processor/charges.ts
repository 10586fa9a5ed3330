import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Charge, ChargeRequest } from "@banyan/contracts/http/charges.ts";
import type { Pool } from "pg";
import { decide } from "./decide.ts";

interface ChargeRow {
  readonly id: string;
  readonly status: Charge["status"];
  readonly reason: string | null;
  /** A bigint comes as text; null for a tombstone. */
  readonly amount: string | null;
  readonly currency: string | null;
  readonly card_last4: string | null;
}

const COLUMNS = "id, status, reason, amount, currency, card_last4";

/**
 * Charges a card, once for an id: the same request again gets the same answer, another one with that id is
 * BYN-SHOP-020. What was refunded, also before it came, is answered as declined: it will not be charged.
 * Only the card's last four digits are kept, so two cards that share them are one card here.
 */
export async function charge(pool: Pool, id: string, request: ChargeRequest, now: Date): Promise<Charge> {
  const { amount, currency, card } = request;
  const { status, reason } = decide(card, now);
  await pool.query(
    `INSERT INTO charge (id, status, reason, amount, currency, card_last4, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
    [id, status, reason ?? null, amount, currency, card.number.slice(-4), now],
  );
  const row = await rowOf(pool, id);
  if (row === undefined) throw new Error("a charge that was just written is gone");
  if (row.amount === null) return { id, status: "declined", reason: "refunded before it came" };
  const same =
    Number(row.amount) === amount && row.currency === currency && row.card_last4 === card.number.slice(-4);
  if (!same) throw new BanyanError("BYN-SHOP-020", "this id was used for another amount or card");
  if (row.status === "refunded") return { id, status: "declined", reason: "it was refunded" };
  return shown(row);
}

/** What stands under an id. Unknown is BYN-SHOP-021. */
export async function findCharge(pool: Pool, id: string): Promise<Charge> {
  const row = await rowOf(pool, id);
  if (row === undefined) throw new BanyanError("BYN-SHOP-021", "nothing was charged under this id");
  return shown(row);
}

/** Gives a charge back, once. An unknown id becomes a tombstone; a declined charge stays what it is. */
export async function refund(pool: Pool, id: string, now: Date): Promise<Charge> {
  await pool.query(
    `INSERT INTO charge (id, status, created_at, refunded_at) VALUES ($1, 'refunded', $2, $2)
     ON CONFLICT (id) DO UPDATE SET status = 'refunded', refunded_at = excluded.refunded_at
     WHERE charge.status = 'charged'`,
    [id, now],
  );
  return findCharge(pool, id);
}

async function rowOf(pool: Pool, id: string): Promise<ChargeRow | undefined> {
  return (await pool.query<ChargeRow>(`SELECT ${COLUMNS} FROM charge WHERE id = $1`, [id])).rows[0];
}

function shown({ id, status, reason }: ChargeRow): Charge {
  return { id, status, ...(reason === null ? {} : { reason }) };
}
