import { z } from "zod";
import { Cart } from "./cart.ts";

/*
 * The carts' internal HTTP contract, for whoever owns the orders. Carts stay with the monolith. Without the service token
 * (`HEADERS.service`) all of it is 404, BYN-SHOP-003.
 *
 *   GET /internal/customers/:customerId/cart                   → CustomerCart; 404 when there is no such customer
 *   PUT /internal/customers/:customerId/cart/ordered/:orderId  OrderedLines → 204; repeated, it does nothing
 */

/** A cart with its version, which every change of the cart makes another. */
export const CustomerCart = z.strictObject({ cart: Cart, version: z.int().nonnegative() });
export type CustomerCart = z.output<typeof CustomerCart>;

/** What was ordered leaves the cart; what was put in since then stays. */
export const OrderedLines = z.strictObject({
  lines: z.array(z.strictObject({ sku: z.string(), quantity: z.int().positive() })).min(1),
});
export type OrderedLines = z.output<typeof OrderedLines>;
