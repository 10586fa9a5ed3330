import type { Log } from "@banyan/platform/logging/log.ts";
import { createStockStore, type StockStore } from "@banyan/shop/inventory/stock-store.ts";
import type { Pool } from "pg";
import { httpProductBooks, type ProductBooks } from "./product-books.ts";
import { stockRows } from "./stock-rows.ts";

/** Stock whose owner can change: written by guarded writes only, and asked for over HTTP at its owner. */
export interface GuardedStock {
  readonly store: StockStore;
  readonly books: ProductBooks;
  /** Who has it may reserve. */
  readonly serviceToken: string;
}

/** What an administrator waits for at most while books are opened or closed. */
const BOOKS_DEADLINE_MS = 5_000;

export function createGuardedStock(options: {
  readonly pool: Pool;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Where the owner is found, now: the proxy once there is one. */
  readonly base: () => string;
  readonly serviceToken: string;
}): GuardedStock {
  const { pool, log, now, base, serviceToken } = options;
  const service = { name: "the inventory", base, token: serviceToken, deadlineMs: BOOKS_DEADLINE_MS };
  return {
    store: createStockStore(pool, stockRows, now),
    books: httpProductBooks(service, log),
    serviceToken,
  };
}
