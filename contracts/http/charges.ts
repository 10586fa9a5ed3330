import { z } from "zod";

/*
 * The card processor's HTTP contract: `PUT /charges/:id`, `GET /charges/:id`, `PUT /charges/:id/refund`.
 * The id is made by who charges, before it charges: the same request again is the same charge.
 */

export const ChargeId = z.string().regex(/^[A-Za-z0-9-]{8,64}$/);

/** Luhn's check digit (ISO/IEC 7812-1, annex B) of a string of digits. */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (const [index, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** As printed on the card; blanks between groups of digits are allowed and dropped. */
export const Card = z.strictObject({
  number: z
    .string()
    .max(40)
    .transform((value) => value.replaceAll(" ", ""))
    .pipe(
      z
        .string()
        .regex(/^\d{12,19}$/, "is no card number")
        .refine(hasCheckDigit, "is no card number: its check digit is wrong"),
    ),
  expiry: z.string().regex(/^(0[1-9]|1[0-2])\/\d{2}$/, "is not MM/YY"),
  cvc: z.string().regex(/^\d{3,4}$/, "is not three or four digits"),
});
export type Card = z.output<typeof Card>;

/** Body of `PUT /charges/:id`. `amount` is in minor units. */
export const ChargeRequest = z.strictObject({
  amount: z.int().nonnegative(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  card: Card,
});
export type ChargeRequest = z.output<typeof ChargeRequest>;

/** 201 and 200 say `charged` or `refunded`; 402 says `declined`, with the reason. */
export const Charge = z.strictObject({
  id: z.string(),
  status: z.enum(["charged", "declined", "refunded"]),
  reason: z.string().optional(),
});
export type Charge = z.output<typeof Charge>;
