import { z } from "zod";
import { MAX_QUANTITY } from "./cart.ts";
import { Money, ProductQuery } from "./catalog.ts";
import { Card } from "./charges.ts";

/* The orders' HTTP contract. An order is shown to its customer and to admins; for everyone else it is not there. */

/** UUIDs as Postgres prints them. Whatever else stands in a path names no order: BYN-SHOP-003. */
export const OrderId = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    // Control characters (Unicode Cc) would get into labels and mails as new lines.
    .refine(
      (value) => value.isWellFormed() && !/\p{Cc}/u.test(value),
      "has a character that can't be printed",
    );

export const Address = z.strictObject({
  name: line(120),
  street: line(120),
  postcode: line(16),
  city: line(80),
  /** ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/, "is no country code of two capital letters"),
});
export type Address = z.output<typeof Address>;

/** Body of `POST /api/orders`: orders the customer's cart. `expect` is the total that the customer saw. */
export const CheckoutRequest = z.strictObject({ shipTo: Address, card: Card, expect: Money.optional() });
export type CheckoutRequest = z.output<typeof CheckoutRequest>;

export const OrderLine = z.strictObject({
  line: z.int().positive(),
  sku: z.string(),
  name: z.string(),
  unitPrice: Money,
  quantity: z.int().min(1).max(MAX_QUANTITY),
  lineTotal: Money,
});
export type OrderLine = z.output<typeof OrderLine>;

export const OrderPayment = z.strictObject({
  id: z.string(),
  /** `pending`: asked for; `none`: nothing was taken. */
  status: z.enum(["pending", "charged", "refunded", "none"]),
  cardLast4: z.string().regex(/^\d{4}$/),
});
export type OrderPayment = z.output<typeof OrderPayment>;

/**
 * Names and prices are those of the moment in which it was placed. `pending` is still being paid, `failed` never became an
 * order, `cancelling` is being paid back: all three are seen while, or after, a checkout is finished by another process.
 */
export const Order = z.strictObject({
  id: z.string(),
  number: z.string().regex(/^FL-\d{6,}$/),
  status: z.enum(["pending", "placed", "cancelling", "cancelled", "failed"]),
  placedAt: z.iso.datetime(),
  cancelledAt: z.iso.datetime().nullable(),
  customerId: z.string(),
  shipTo: Address,
  lines: z.array(OrderLine).min(1),
  total: Money,
  payment: OrderPayment,
  /** Of a `failed` one: why, as the checkout answered. */
  failure: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
});
export type Order = z.output<typeof Order>;

/** An order as lists show it. */
export const OrderSummary = Order.omit({ shipTo: true, lines: true });
export type OrderSummary = z.output<typeof OrderSummary>;

/** Query of `GET /api/orders`. */
export const OrderQuery = z.strictObject({
  page: ProductQuery.shape.page,
  perPage: ProductQuery.shape.perPage,
});
export type OrderQuery = z.output<typeof OrderQuery>;

/** The newest first. */
export const OrderPage = z.strictObject({
  items: z.array(OrderSummary),
  page: z.int().positive(),
  perPage: z.int().positive(),
  total: z.int().nonnegative(),
});
export type OrderPage = z.output<typeof OrderPage>;
