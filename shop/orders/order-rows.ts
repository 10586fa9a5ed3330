import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import type { CanonicalRow, SideRows } from "@banyan/platform/log/capability.ts";
import type { Pool, PoolClient } from "pg";

/** An order that has no number yet. */
export type NewOrderRecord = Omit<OrderRecord, "number">;

/**
 * One side's tables of orders. All but `find` and `unfinished` work in the caller's transaction, under the lock of the
 * slot's row, so none of them locks anything itself.
 */
export interface OrderRows {
  /** The canonical projection (`rowsIn`): the order's id, and the whole `OrderRecord`. */
  readonly projection: SideRows;
  find(on: Pool | PoolClient, id: string): Promise<OrderRecord | undefined>;
  /** Inserts under the next number of this side. */
  insert(client: PoolClient, order: NewOrderRecord): Promise<OrderRecord>;
  /** Makes the order exactly this, whether it was there or not. */
  save(client: PoolClient, order: OrderRecord): Promise<void>;
  /**
   * How many orders took what was in the customer's cart: all that neither failed nor are `pending`. It only grows, and
   * goes by nobody's clock.
   */
  timesOrdered(on: Pool | PoolClient, customerId: string): Promise<number>;
  /** The customer's order that is `pending`, if there is one. */
  pendingOf(client: PoolClient, customerId: string): Promise<OrderRecord | undefined>;
  /** Was this version of the customer's cart ordered already? An order that failed does not count. */
  isOrdered(client: PoolClient, customerId: string, cartVersion: number): Promise<boolean>;
  /** Orders that are `pending` or `cancelling`, in slots that this side owns, the oldest first; at most `limit`, without `besides`. */
  unfinished(pool: Pool, limit: number, besides?: readonly string[]): Promise<readonly OrderRecord[]>;
  /** Makes the slot's orders exactly these. */
  replace(client: PoolClient, slot: number, rows: readonly CanonicalRow[]): Promise<void>;
}
