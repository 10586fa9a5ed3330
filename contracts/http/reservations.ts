import { z } from "zod";
import { MAX_QUANTITY } from "./cart.ts";

/*
 * The inventory's internal HTTP contract: reservations, by SKU and by an id that who reserves has made. Each request may
 * be repeated: the second is the first. Without the service token (`HEADERS.service`) all of it is 404, BYN-SHOP-003.
 *
 *   PUT /internal/inventory/:sku/reservations/:id               ReserveRequest → Reservation
 *   PUT /internal/inventory/:sku/reservations/:id/confirmation  → Reservation
 *   PUT /internal/inventory/:sku/reservations/:id/release       → Reservation
 *   PUT /internal/inventory/:sku/reservations/:id/return        ReturnRequest → Reservation
 *   PUT /internal/inventory/:sku                                opens its books, with nothing on hand
 *   DELETE /internal/inventory/:sku                             closes them
 *
 * A reservation goes from `held` to `confirmed` or to `released`, never from one to the other: releasing one that is
 * confirmed leaves it so, and says so. Only `return` takes back what is confirmed.
 *
 * 409 BYN-SHOP-015: not enough, with how many are left. 409 BYN-SHOP-028: it was undone, or it expired.
 */

export const ReservationId = z.string().regex(/^[A-Za-z0-9-]{8,80}$/);

export const ReserveRequest = z.strictObject({
  quantity: z.int().min(1).max(MAX_QUANTITY),
  expiresAt: z.iso.datetime(),
});
export type ReserveRequest = z.output<typeof ReserveRequest>;

/** How many go back when nothing is known of the reservation: orders from before there were any. */
export const ReturnRequest = z.strictObject({ quantity: z.int().min(1).max(MAX_QUANTITY) });

export const Reservation = z.strictObject({
  id: z.string(),
  sku: z.string(),
  quantity: z.int().nonnegative(),
  state: z.enum(["held", "confirmed", "released", "returned"]),
  expiresAt: z.iso.datetime().nullable(),
});
export type Reservation = z.output<typeof Reservation>;

/** The reservation of one line of an order. */
export function reservationIdOf(orderId: string, line: number): string {
  return `${orderId}-${line}`;
}
