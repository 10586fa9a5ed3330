import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import type { CardProcessor } from "@banyan/shop/checkout/partners.ts";

/** A connection that never came about: nothing of the request was sent. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/**
 * Sees to it that nothing stands under a payment's id of which no order came, after `failure`. A charge that is not there
 * yet is refunded too: that keeps one that is still on its way from being taken. Never throws: false says that it could
 * not be done now, which is logged with BYN-SHOP-023.
 */
export async function undoCharge(
  cards: CardProcessor,
  { paymentId, failure, log }: { readonly paymentId: string; readonly failure: unknown; readonly log: Log },
): Promise<boolean> {
  if (wasNeverSent(failure)) return true;
  try {
    const found = await cards.find(paymentId);
    if (found?.status === "declined" || found?.status === "refunded") return true;
    await cards.refund(paymentId);
    log.warn({ paymentId, stood: found !== undefined }, "a charge without an order was given back");
    return true;
  } catch (error) {
    log.error(
      { err: error, paymentId, code: "BYN-SHOP-023" },
      "a charge may stand without an order, and could not be given back yet",
    );
    return false;
  }
}

/** By the error at the bottom of the card processor's "no answer". */
export function wasNeverSent(failure: unknown): boolean {
  if (!(failure instanceof BanyanError) || failure.code !== "BYN-SHOP-017") return false;
  let error: unknown = failure.cause;
  while (error instanceof Error) {
    if ("code" in error && NEVER_SENT.has(String(error.code))) return true;
    error = error.cause;
  }
  return false;
}
