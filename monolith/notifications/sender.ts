import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import { createWaker } from "@banyan/platform/log/waker.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { inSpan } from "@banyan/platform/telemetry/span.ts";
import { orderView } from "@banyan/shop/orders/view.ts";
import type { Pool } from "pg";
import { customerById } from "../customers/store.ts";
import { type Claimed, claimDue, noteFailed, notePutOff, noteSent } from "./due-rows.ts";
import type { Mail, Mailer } from "./mailer.ts";
import { orderMail } from "./order-mails.ts";

export interface SenderDeps {
  readonly pool: Pool;
  readonly mailer: Mailer;
  /** The order as this side's tables have it. */
  readonly orderOf: (id: string) => Promise<OrderRecord | undefined>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Far longer than the mailer's own deadline for one mail. */
const LEASE_MS = 60_000;
const FIRST_WAIT_MS = 5_000;
const MAX_WAIT_MS = 3_600_000;
/** About a day, with the waits above: a mail server that is down over night loses no mail. */
const MAX_ATTEMPTS = 32;
const POLL_MS = 500;

/**
 * Sends what is due, one mail after the other, whichever side took the order. It waits for the mail server outside of
 * every transaction. A sender that dies between the server's word and its own note leaves the mail due, so a second copy
 * may be sent, with the same Message-ID; none is lost. Stops at the first that can't be sent, since the next would
 * likely fare no better; answers how many were sent. Trouble of the database is thrown.
 */
export async function sendDue(deps: SenderDeps, stopping = () => false): Promise<number> {
  for (let sent = 0; ; sent++) {
    const claimed = stopping() ? undefined : await claimDue(deps.pool, new Date(deps.now()), LEASE_MS);
    if (claimed === undefined || !(await sendOne(deps, claimed))) return sent;
  }
}

/** Sends for as long as the process runs. `stop` waits for the mail that is on its way. */
export function startSender(deps: SenderDeps): { stop(): Promise<void> } {
  const waker = createWaker();
  let stopping = false;
  const loop = async () => {
    for (let failing = 0; !stopping; ) {
      try {
        await sendDue(deps, () => stopping);
        failing = 0;
      } catch (error) {
        const about = { err: error, code: "BYN-SHOP-030" };
        if (++failing === 1)
          deps.log.warn(about, "the mails that are due can't be looked at; it goes on trying");
      }
      if (!stopping) await waker.wait(POLL_MS);
    }
  };
  const done = loop();
  return {
    stop: async () => {
      stopping = true;
      waker.wake();
      await done;
    },
  };
}

/** True when the mail went out. */
async function sendOne(deps: SenderDeps, claimed: Claimed): Promise<boolean> {
  const { pool, mailer, now } = deps;
  let mail: Mail;
  try {
    mail = await mailOf(deps, claimed);
    await inSpan("send mail", {}, () => mailer.send(mail));
  } catch (error) {
    await putOff(deps, claimed, error);
    return false;
  }
  await noteSent(pool, claimed, mail, new Date(now()));
  return true;
}

/** Made of the order and of the customer's address as they are now. */
async function mailOf({ pool, orderOf }: SenderDeps, { orderId, event }: Claimed): Promise<Mail> {
  const order = await orderOf(orderId);
  if (order === undefined) throw new BanyanError("BYN-SHOP-030", "the order is not in the shop's tables");
  const customer = await customerById(pool, order.customerId);
  if (customer === undefined) throw new BanyanError("BYN-SHOP-030", "the customer has no account any more");
  return orderMail(event, orderView(order), customer);
}

async function putOff({ pool, log, now }: SenderDeps, claimed: Claimed, error: unknown): Promise<void> {
  const { eventId, orderId, attempt } = claimed;
  const about = { err: error, eventId, orderId, attempt, code: "BYN-SHOP-030" };
  const failure = (error instanceof BanyanError && error.detail) || "the mailer failed; see the log";
  if (attempt >= MAX_ATTEMPTS) {
    log.error(about, "a mail is given up: it could not be sent");
    await noteFailed(pool, claimed, failure, new Date(now()));
    return;
  }
  log.warn(about, "a mail could not be sent now; it will be tried again");
  await notePutOff(pool, claimed, failure, new Date(now() + waitMsAfter(attempt)));
}

/** Doubled from try to try. */
export function waitMsAfter(attempt: number): number {
  return Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
}
