import type { PoolClient } from "pg";

/** One row of a side's canonical projection: both sides give equal text for equal data. */
export interface CanonicalRow {
  readonly id: string;
  readonly record: Readonly<Record<string, unknown>>;
}

/** What a slot holds, in one word: equal on both sides exactly when the canonical rows are. */
export interface SlotChecksum {
  readonly slot: number;
  readonly rows: number;
  readonly checksum: string;
}

/** One side's rows, read inside the caller's transaction (so that `seq` is of the same snapshot). */
export interface SideRows {
  rows(client: PoolClient, slot: number): Promise<readonly CanonicalRow[]>;
  /** Of one slot, or of all. Only slots that hold rows need stand in the answer. */
  checksums(client: PoolClient, slot?: number): Promise<readonly SlotChecksum[]>;
}

/** Rows of no slot (the catalog's categories): they travel with the back-fill and never through the log. */
export interface Reference {
  readonly source: (client: PoolClient) => Promise<readonly CanonicalRow[]>;
  readonly copy: (client: PoolClient) => Promise<readonly CanonicalRow[]>;
  /** Makes the copy's reference rows these. */
  replace(client: PoolClient, rows: readonly CanonicalRow[]): Promise<void>;
}

/** What the generic log must know about one capability to keep a copy of it. */
export interface CopiedCapability<Change> {
  readonly name: string;
  /** Channel that the copy announces applied ids on. */
  readonly channel: string;
  readonly source: SideRows;
  readonly copy: SideRows;
  readonly reference?: Reference;
  /**
   * The changes of one event; throws when the payload does not fit the schema or names what is not of this slot.
   * Pure.
   */
  parse(slot: number, seq: number, payload: unknown): readonly Change[];
  /** Applies one event's changes to the copy and answers the ids that changed. Throwing stops the slot. */
  apply(client: PoolClient, slot: number, changes: readonly Change[]): Promise<readonly string[]>;
  /** Makes the slot's rows exactly these. */
  replace(client: PoolClient, slot: number, rows: readonly CanonicalRow[]): Promise<void>;
  /** Removes all rows of the copy, the reference's too. */
  clear(client: PoolClient): Promise<void>;
}
