import { z } from "zod";
import { Money, ProductSummary } from "./catalog.ts";

/*
 * The cart's HTTP contract. Whose cart it is says the cookie: `session` names a customer, else `cart` names a visitor's.
 * Every answer that shows a cart shows the whole of it, and is `cache-control: no-store`.
 */

/** The most of one product that a cart or an order line holds. */
export const MAX_QUANTITY = 99;

const Quantity = z.int().min(1).max(MAX_QUANTITY);

/** Body of `PUT /api/cart/lines/:productId`, which sets the quantity, and of `POST`, which adds to it, up to 99. */
export const CartLineChange = z.strictObject({ quantity: Quantity });

export const CartLine = z.strictObject({ product: ProductSummary, quantity: Quantity, lineTotal: Money });

/** Lines stand in the order in which they were first added. `items` is the sum of the quantities. */
export const Cart = z.strictObject({ lines: z.array(CartLine), total: Money, items: z.int().nonnegative() });

export type CartLine = z.output<typeof CartLine>;
export type Cart = z.output<typeof Cart>;
