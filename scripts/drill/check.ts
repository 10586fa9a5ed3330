import { checkCards } from "./check/cards.ts";
import { checkCounts } from "./check/counts.ts";
import { checkOrders } from "./check/orders.ts";
import { checkRest } from "./check/rest.ts";
import { checkSlots } from "./check/slots.ts";
import { checkStock } from "./check/stock.ts";
import type { Facts } from "./facts.ts";

/** One thing that must never be, in words: ids and places in it. */
export type Problem = string;

export interface Check {
  readonly name: string;
  readonly problems: readonly Problem[];
}

/** Holds what everyone was told against what both sides and the card processor have. For when all has come to rest. Pure. */
export function checkAll(facts: Facts): readonly Check[] {
  return [
    {
      name: "every order that was acknowledged stands once, the same at both sides",
      problems: checkOrders(facts),
    },
    {
      name: "every card was charged once for an order that stands, and for no other",
      problems: checkCards(facts),
    },
    {
      name: "every count that was acknowledged was written once, and the last one stands",
      problems: checkCounts(facts),
    },
    { name: "no piece was lost or sold twice", problems: checkStock(facts) },
    { name: "one owner per slot, never two, and no event missing", problems: checkSlots(facts) },
    { name: "everything came to its end", problems: checkRest(facts) },
  ];
}
