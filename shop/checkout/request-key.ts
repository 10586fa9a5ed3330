import { createHash } from "node:crypto";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { IDEMPOTENCY_KEY, IdempotencyKey } from "@banyan/contracts/http/idempotency.ts";
import type { CheckoutRequest } from "@banyan/contracts/http/orders.ts";
import type { WriteKey } from "@banyan/platform/handover/write/keys.ts";

export const CHECKOUT_ROUTE = "POST /api/orders";

/**
 * The checkout's key in its scope, or undefined when the client sent none. The hash covers what is ordered and where it
 * goes; of the card only its last four digits, so that no number can be guessed from a hash. BYN-SHOP-002
 */
export function checkoutKey(
  header: string | undefined,
  customerId: string,
  { shipTo, card, expect }: CheckoutRequest,
): WriteKey | undefined {
  if (header === undefined) return undefined;
  const key = IdempotencyKey.safeParse(header);
  if (!key.success) {
    throw new BanyanError("BYN-SHOP-002", "some fields are not valid", {
      mistakes: [{ place: IDEMPOTENCY_KEY, message: key.error.issues[0]?.message ?? "is not valid" }],
    });
  }
  const { name, street, postcode, city, country } = shipTo;
  const said = [name, street, postcode, city, country, card.number.slice(-4), card.expiry, expect ?? null];
  return {
    principal: customerId,
    route: CHECKOUT_ROUTE,
    key: key.data,
    bodyHash: createHash("sha256").update(JSON.stringify(said)).digest("hex"),
  };
}
