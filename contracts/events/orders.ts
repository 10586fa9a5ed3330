import { z } from "zod";
import { MAX_QUANTITY } from "../http/cart.ts";
import { Address, OrderId } from "../http/orders.ts";
import { Integer, Moment } from "./values.ts";

/** The capability's name, and the flag's: slots are `slotOf(ORDERS, customerId)`. */
export const ORDERS = "orders";

/** Prices and names are those of the moment in which it was ordered. Money is in minor units of the order's currency. */
export const OrderLineRecord = z.strictObject({
  line: z.int().min(1).max(32_767),
  sku: z.string(),
  name: z.string(),
  unitAmount: Integer.nonnegative(),
  quantity: z.int().min(1).max(MAX_QUANTITY),
});
export type OrderLineRecord = z.output<typeof OrderLineRecord>;

/** Which request a saga answers: its idempotency key, whose response is stored when the saga ends (design §5.13). */
export const OrderRequest = z.strictObject({
  principal: z.string(),
  route: z.string(),
  key: z.string(),
  bodyHash: z.string(),
});

/** Why a checkout ended without an order: a code of the catalogue, as the answer tells it. */
export const OrderFailure = z.strictObject({
  code: z.string(),
  detail: z.string(),
  mistakes: z.array(z.strictObject({ place: z.string(), message: z.string() })),
});
export type OrderFailure = z.output<typeof OrderFailure>;

/**
 * An order as the log carries it: whole, with the state of its saga, so that applying it needs nothing else and whoever
 * owns the slot next can go on. The card is not in it, only its last four digits.
 *
 * `pending` (ordered, not paid) → `placed` or `failed`; `placed` → `cancelling` → `cancelled`.
 */
export const OrderRecord = z.strictObject({
  id: OrderId,
  /** Odd where the monolith took the order, even where the extracted side did: two sides never give the same. */
  number: Integer.positive(),
  customerId: z.string(),
  status: z.enum(["pending", "placed", "cancelling", "cancelled", "failed"]),
  placedAt: Moment,
  /** When its cancelling was asked for. */
  cancelledAt: Moment.nullable(),
  shipTo: Address,
  lines: z.array(OrderLineRecord).min(1),
  totalAmount: z.int().nonnegative(),
  currency: z.string().length(3),
  payment: z.strictObject({
    /** The card processor's id of the charge; made before it is asked for. */
    id: z.string(),
    /** `none`: nothing was ever taken. */
    status: z.enum(["pending", "charged", "refunded", "none"]),
    cardLast4: z.string().regex(/^\d{4}$/),
  }),
  /** Of the cart that was ordered; a cart is ordered once. Null: from before carts had versions. */
  cartVersion: Integer.nonnegative().nullable(),
  failure: OrderFailure.nullable(),
  request: OrderRequest.nullable(),
});
export type OrderRecord = z.output<typeof OrderRecord>;

/** What one transaction changed in one slot: nothing but orders, each whole. */
export const OrderChange = z.strictObject({ type: z.literal("order-saved"), order: OrderRecord });
export type OrderChange = z.output<typeof OrderChange>;
