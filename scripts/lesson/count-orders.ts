import { ORDERS, OrderRecord } from "@banyan/contracts/events/orders.ts";
import { Charge } from "@banyan/contracts/http/charges.ts";
import { SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { createPool } from "@banyan/platform/postgres/pool.ts";
import { orderSlot } from "@banyan/shop/orders/slot.ts";
import type { Pool } from "pg";
import { readCharges } from "../capabilities/charge-rows.ts";
import { withBothSides } from "../capabilities/owned.ts";
import type { StackContext } from "../commands/context.ts";
import { caughtUp } from "../gate/caught-up.ts";
import { silentLog } from "../stack/silent-log.ts";
import type { Bought } from "./buyer.ts";
import type { Buyers } from "./buyers.ts";
import { type Counted, countBought } from "./count-bought.ts";

/**
 * Waits for the copies of the buyers' slots, then holds all that they were told against both sides' tables and the card
 * processor's books. @throws BYN-CLI-047 when a copy stays behind: nothing is said of what is lost then
 */
export async function countOrders(
  context: StackContext,
  { customerIds, began }: Pick<Buyers, "customerIds" | "began">,
  bought: readonly Bought[],
): Promise<Counted> {
  const cards = createPool(context.addresses.databases.cards, { max: 1, name: "banyan" }, silentLog);
  try {
    return await withBothSides(context.addresses, ORDERS, async (sides) => {
      await caughtUp(context, sides, ORDERS, new Set(customerIds.map(orderSlot)));
      const ofSide = (side: Side) => ordersOf[side](sides[side].pool, customerIds, began);
      const [monolith = [], extracted = []] = await Promise.all(SIDES.map(ofSide));
      // An order without an answer may still be driven: so charges are read after what says that they are there or back,
      // and before the payments, which stand with their orders before any card is charged.
      const charges = await readCharges(cards, began);
      const ids = charges.map(({ id }) => id);
      const known = await Promise.all(SIDES.map((side) => paymentsOf[side](sides[side].pool, ids)));
      return countBought(bought, {
        orders: { monolith, extracted },
        charges,
        payments: new Set(known.flat()),
      });
    });
  } finally {
    await cards.end();
  }
}

const reading =
  (text: string) =>
  async (pool: Pool, customerIds: readonly string[], since: Date): Promise<readonly OrderRecord[]> => {
    const { rows } = await pool.query<{ record: unknown }>(text, [customerIds, since.toISOString()]);
    return rows.map(({ record }) => OrderRecord.parse(record));
  };

/** Orders of these customers since then, as each side's tables have them. */
const ordersOf: Readonly<Record<Side, ReturnType<typeof reading>>> = {
  monolith: reading(
    `SELECT r.record FROM shop_order o JOIN order_record r ON r.id = o.id
     WHERE o.customer_id = ANY ($1) AND o.placed_at >= $2`,
  ),
  // As text: ISO 8601 with milliseconds sorts as the moments do.
  extracted: reading("SELECT record FROM shop_order WHERE customer_id = ANY ($1) AND placed_at >= $2"),
};

const finding = (text: string) => async (pool: Pool, ids: readonly string[]) => {
  const { rows } = await pool.query<{ id: string }>(text, [ids]);
  return rows.map(({ id }) => id);
};

/** Which of these are payments of orders, whoever's. */
const paymentsOf: Readonly<Record<Side, ReturnType<typeof finding>>> = {
  monolith: finding("SELECT id FROM payment WHERE id = ANY ($1)"),
  extracted: finding(
    "SELECT record -> 'payment' ->> 'id' AS id FROM shop_order WHERE record -> 'payment' ->> 'id' = ANY ($1)",
  ),
};

/** What stands at the card processor under a payment's id. */
export async function chargeOf(
  { addresses }: Pick<StackContext, "addresses">,
  paymentId: string,
): Promise<string> {
  const answer = await fetch(`${addresses.cards}/charges/${encodeURIComponent(paymentId)}`, {
    signal: AbortSignal.timeout(5_000),
  });
  const charge = Charge.safeParse(await answer.json());
  return charge.success ? charge.data.status : "unknown to the card processor";
}
