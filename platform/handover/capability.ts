import type { PoolClient } from "pg";
import type { CanonicalRow, SideRows } from "../log/capability.ts";

/**
 * What the handover must know of one side's tables of an owned capability. Each side has one of these over its own
 * tables; `rows` give equal rows for equal data on both. All work is done in the caller's transaction, under the lock
 * of the slot's row.
 */
export interface OwnedCapability<Change> {
  readonly name: string;
  /** The slot's rows in the canonical projection (`rowsIn`), without keys and epochs. */
  readonly rows: SideRows;
  /** The changes of one event; throws when they don't fit the schema or name what is not of this slot. Pure. */
  parse(slot: number, seq: number, changes: unknown): readonly Change[];
  /** Applies one event's changes. Throwing stops the slot before the event. Writes no outbox row. */
  apply(client: PoolClient, slot: number, changes: readonly Change[]): Promise<void>;
  /** Makes the slot's rows exactly these. */
  replace(client: PoolClient, slot: number, rows: readonly CanonicalRow[]): Promise<void>;
}
