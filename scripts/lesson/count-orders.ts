import { isDeepStrictEqual } from "node:util";
import { ORDERS } from "@banyan/contracts/events/orders.ts";
import { Charge } from "@banyan/contracts/http/charges.ts";
import { SIDES } from "@banyan/contracts/http/headers.ts";
import { orderRowsOf, withBothSides } from "../capabilities/owned.ts";
import type { StackContext } from "../commands/context.ts";
import type { Bought } from "./buyer.ts";

/** What both sides' tables and the card processor say of what people were told. */
export interface Counted {
  readonly placed: number;
  readonly refused: number;
  /** Given up without an answer: 0 or 1 order each. */
  readonly unknown: number;
  /** Acknowledged, and not to be found at a side, or not the same at both. */
  readonly lost: readonly string[];
  /** Acknowledged under two keys at once, or charged more or less than once. */
  readonly wrong: readonly string[];
  /** Requests that were sent again under their key. */
  readonly repeats: number;
  readonly slowestMs: number;
  readonly medianMs: number;
}

/** Looks for every acknowledged order at both sides, and for its charge. For when the copies have caught up. */
export async function countOrders(context: StackContext, bought: readonly Bought[]): Promise<Counted> {
  const placed = bought.flatMap((one) =>
    one.end === "placed" && one.orderId !== undefined ? [one.orderId] : [],
  );
  const lost: string[] = [];
  const wrong = placed
    .filter((id, at) => placed.indexOf(id) !== at)
    .map((id) => `${id} was acknowledged twice`);
  await withBothSides(context.addresses, ORDERS, async (sides) => {
    for (const id of placed) {
      const [left, right] = await Promise.all(
        SIDES.map((side) => orderRowsOf[side].find(sides[side].pool, id)),
      );
      if (left === undefined || !isDeepStrictEqual(left, right)) lost.push(id);
      else {
        const charge = await chargeOf(context, left.payment.id);
        if (charge !== "charged") wrong.push(`${id}: its charge is ${charge}`);
      }
    }
  });
  const times = bought.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    placed: placed.length,
    refused: bought.filter(({ end }) => end === "refused").length,
    unknown: bought.filter(({ end }) => end === "unknown").length,
    lost,
    wrong,
    repeats: bought.reduce((sum, { tries }) => sum + tries - 1, 0),
    slowestMs: times.at(-1) ?? 0,
    medianMs: times[Math.floor(times.length / 2)] ?? 0,
  };
}

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
