import type { Bought } from "../lesson/buyer.ts";

/** One checkout, as its customer saw it. */
export interface Order extends Pick<Bought, "key" | "orderId" | "end" | "status" | "code" | "tries"> {
  /** Asked for afterwards. `refused`: the shop will not, which must never be · `unknown`: given up without an answer. */
  cancel: "none" | "cancelled" | "refused" | "unknown";
}

/** One count of a SKU that nobody buys; no two counts of a SKU are the same number. */
export interface Count {
  readonly onHand: number;
  readonly end: "acknowledged" | "unknown";
}

/** What everyone was told. After an unknown count its SKU is counted no more: a late one could overtake the next. */
export interface Journal {
  readonly orders: Order[];
  readonly counts: Map<string, Count[]>;
}

export function emptyJournal(): Journal {
  return { orders: [], counts: new Map() };
}

/** Answers that can't be taken back: placed and cancelled orders, and counts. */
export function acknowledged({ orders, counts }: Journal): number {
  const placed = orders.filter(({ end }) => end === "placed").length;
  const cancelled = orders.filter(({ cancel }) => cancel === "cancelled").length;
  const counted = [...counts.values()].flat().filter(({ end }) => end === "acknowledged").length;
  return placed + cancelled + counted;
}
