import { z } from "zod";
import { Integer, Moment } from "./values.ts";

/** The capability's name, and the flag's: slots are `slotOf(INVENTORY, sku)`. */
export const INVENTORY = "inventory";

/** What lies in the warehouse of one SKU; what is reserved is not counted any more. */
export const StockRecord = z.strictObject({
  sku: z.string(),
  onHand: Integer.nonnegative(),
  updatedAt: Moment,
});
export type StockRecord = z.output<typeof StockRecord>;

/**
 * Pieces of one SKU for one order line. `held` (taken from the stock until `expiresAt`) → `confirmed` → `returned`;
 * `held` → `released`. A `released` one that was never held is a tombstone: a reserve that comes late does nothing.
 */
export const ReservationRecord = z.strictObject({
  id: z.string(),
  sku: z.string(),
  quantity: Integer.nonnegative(),
  state: z.enum(["held", "confirmed", "released", "returned"]),
  expiresAt: Moment.nullable(),
});
export type ReservationRecord = z.output<typeof ReservationRecord>;

/** What one transaction changed in one slot; rows are whole. */
export const InventoryChange = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("stock-saved"), stock: StockRecord }),
  z.strictObject({ type: z.literal("stock-removed"), sku: z.string() }),
  z.strictObject({ type: z.literal("reservation-saved"), reservation: ReservationRecord }),
]);
export type InventoryChange = z.output<typeof InventoryChange>;
