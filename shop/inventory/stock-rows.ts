import type { ReservationRecord, StockRecord } from "@banyan/contracts/events/inventory.ts";
import type { CanonicalRow, SideRows } from "@banyan/platform/log/capability.ts";
import type { Pool, PoolClient } from "pg";

/**
 * One side's tables of stock. All but `expired` work in the caller's transaction, under the lock of the slot's row, so
 * none of them locks anything itself.
 */
export interface StockRows {
  /**
   * The canonical projection (`rowsIn`): `stock:<sku>` with the whole `StockRecord`, `reservation:<id>` with the whole
   * `ReservationRecord`.
   */
  readonly projection: SideRows;
  stockOf(client: PoolClient, sku: string): Promise<StockRecord | undefined>;
  reservationOf(client: PoolClient, id: string): Promise<ReservationRecord | undefined>;
  saveStock(client: PoolClient, stock: StockRecord): Promise<void>;
  removeStock(client: PoolClient, sku: string): Promise<void>;
  saveReservation(client: PoolClient, reservation: ReservationRecord): Promise<void>;
  /** Reservations that are `held` and expired before that moment, in slots that this side owns; at most `limit`. */
  expired(pool: Pool, before: Date, limit: number): Promise<readonly ReservationRecord[]>;
  /** Makes the slot's rows exactly these. */
  replace(client: PoolClient, slot: number, rows: readonly CanonicalRow[]): Promise<void>;
}
