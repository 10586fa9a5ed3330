import type { Bought } from "../lesson/buyer.ts";

/** What one request was told. */
export type Told = Pick<Bought, "orderId" | "end" | "status" | "code">;

/** What reading an order answered, and which order. */
export interface ReadBack {
  /** 0: no answer. */
  readonly status: number;
  readonly id: string | undefined;
}

/** One checkout, as its customer saw it. */
export interface Order extends Told, Pick<Bought, "key" | "tries"> {
  /** Put into its cart. */
  readonly lines: number;
  /** What the same request was told that was sent at the same time, when there was one. */
  readonly twin: Told | undefined;
  /** Read at once after it was acknowledged; undefined when it was not. */
  readonly readBack: ReadBack | undefined;
  /** Asked for afterwards. `refused`: the shop will not, which must never be · `unknown`: given up without an answer. */
  cancel: "none" | "cancelled" | "refused" | "unknown";
}

/** One count of a SKU. Of a SKU that nobody buys no two counts are the same number. */
export interface Count {
  readonly onHand: number;
  readonly end: "acknowledged" | "unknown";
}

/** What everyone was told. After an unknown count its SKU is counted no more: a late one could overtake the next. */
export interface Journal {
  readonly orders: Order[];
  readonly counts: Map<string, Count[]>;
  /** Counts of what is scarce, and bought all the time: the same number comes again. */
  readonly restocks: Map<string, Count[]>;
}

export function emptyJournal(): Journal {
  return { orders: [], counts: new Map(), restocks: new Map() };
}

/** Answers that can't be taken back: placed and cancelled orders, and counts. */
export function acknowledged({ orders, counts }: Journal): number {
  const placed = orders.filter(({ end }) => end === "placed").length;
  const cancelled = orders.filter(({ cancel }) => cancel === "cancelled").length;
  const counted = [...counts.values()].flat().filter(({ end }) => end === "acknowledged").length;
  return placed + cancelled + counted;
}
