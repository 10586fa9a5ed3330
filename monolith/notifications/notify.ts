import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { inSpan } from "@banyan/platform/telemetry/span.ts";
import type { PoolClient } from "pg";
import type { Mail, Mailer } from "./mailer.ts";

export interface NotifyOptions {
  /** What happened, e.g. `<order id>:placed`: it is told by mail once. */
  readonly eventId: string;
  readonly orderId: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
}

/**
 * Sends a mail inside the caller's transaction and notes how it went. A mail that can't be sent is logged with
 * BYN-SHOP-030 and noted as failed, never thrown: the customer is not billed for nothing because a mail server is away.
 * Trouble of the database is thrown: the transaction is lost anyway. An event whose mail went out is not told again.
 */
export async function notify(
  client: PoolClient,
  mailer: Mailer,
  mail: Mail,
  { eventId, orderId, now, log }: NotifyOptions,
): Promise<void> {
  const { rowCount } = await client.query(
    "SELECT FROM notification WHERE event_id = $1 AND status = 'sent'",
    [eventId],
  );
  if (rowCount === 1) return;
  const failure = await failureOf(mailer, mail);
  if (failure !== undefined) {
    log.error({ err: failure, eventId, orderId, code: "BYN-SHOP-030" }, "a mail could not be sent");
  }
  await client.query(
    `INSERT INTO notification (event_id, order_id, recipient, subject, message_id, status, failure, noted_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (event_id) DO UPDATE
     SET recipient = excluded.recipient, status = excluded.status, failure = excluded.failure,
         noted_at = excluded.noted_at`,
    [
      eventId,
      orderId,
      mail.to,
      mail.subject,
      mail.messageId,
      failure === undefined ? "sent" : "failed",
      failure?.detail ?? null,
      new Date(now()),
    ],
  );
}

async function failureOf(mailer: Mailer, mail: Mail): Promise<BanyanError | undefined> {
  try {
    await inSpan("send mail", {}, () => mailer.send(mail));
    return undefined;
  } catch (error) {
    if (error instanceof BanyanError) return error;
    return new BanyanError("BYN-SHOP-030", "the mailer failed; see the log", { cause: error });
  }
}
