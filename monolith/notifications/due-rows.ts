import type { Pool } from "pg";
import type { Mail } from "./mailer.ts";
import type { OrderEvent } from "./order-mails.ts";

/** A due mail that is this sender's until its lease ends. */
export interface Claimed {
  readonly eventId: string;
  readonly orderId: string;
  readonly event: OrderEvent;
  /** This one is the how manieth try, from 1: it fences the notes of a sender whose lease has ended. */
  readonly attempt: number;
}

/**
 * Takes the mail that has been due longest, for `leaseMs`; undefined when none is. A statement of its own: no lock is
 * held while the mail is sent, and a sender that dies leaves it due again.
 */
export async function claimDue(pool: Pool, now: Date, leaseMs: number): Promise<Claimed | undefined> {
  const { rows } = await pool.query<{ event_id: string; order_id: string; attempts: number }>(
    `UPDATE notification SET attempts = attempts + 1, next_try_at = $2
     WHERE event_id = (
       SELECT event_id FROM notification WHERE status = 'due' AND next_try_at <= $1
       ORDER BY next_try_at, noted_at, event_id LIMIT 1 FOR UPDATE SKIP LOCKED
     )
     RETURNING event_id, order_id, attempts`,
    [now, new Date(now.getTime() + leaseMs)],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { event_id: eventId, order_id: orderId, attempts: attempt } = row;
  return { eventId, orderId, event: eventId.endsWith(":cancelled") ? "cancelled" : "placed", attempt };
}

/** The mail server has taken it, which no other sender's trouble undoes. */
export async function noteSent(pool: Pool, { eventId }: Claimed, mail: Mail, now: Date): Promise<void> {
  await pool.query(
    `UPDATE notification
     SET status = 'sent', recipient = $2, subject = $3, failure = NULL, next_try_at = NULL, noted_at = $4
     WHERE event_id = $1 AND status <> 'sent'`,
    [eventId, mail.to, mail.subject, now],
  );
}

/** It could not be sent now; another try at `again`. */
export async function notePutOff(
  pool: Pool,
  { eventId, attempt }: Claimed,
  failure: string,
  again: Date,
): Promise<void> {
  await pool.query(
    `UPDATE notification SET failure = $3, next_try_at = $4
     WHERE event_id = $1 AND attempts = $2 AND status = 'due'`,
    [eventId, attempt, failure, again],
  );
}

/** It is given up. */
export async function noteFailed(
  pool: Pool,
  { eventId, attempt }: Claimed,
  failure: string,
  now: Date,
): Promise<void> {
  await pool.query(
    `UPDATE notification SET status = 'failed', failure = $3, next_try_at = NULL, noted_at = $4
     WHERE event_id = $1 AND attempts = $2 AND status = 'due'`,
    [eventId, attempt, failure, now],
  );
}
