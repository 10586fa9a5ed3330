import type { OutboxRow } from "../outbox/outbox-row.ts";

/** One outbox row on its way. Its partition is its slot. */
export interface LogRecord {
  readonly capability: string;
  readonly slot: number;
  readonly row: OutboxRow;
}

export interface LogHealth {
  readonly ok: boolean;
  /** In words, for people. */
  readonly detail: string;
}

export interface Subscription {
  /** Who reads: each reader has a place of its own in the log. */
  readonly reader: string;
  readonly capability: string;
  /**
   * Rows of one slot, in order. When it resolves they count as read; when it throws, they come again, before any later
   * row of the slot.
   */
  handle(slot: number, rows: readonly OutboxRow[]): Promise<unknown>;
}

/**
 * The log between the sides (§5). At least once, in order per slot as far as the publisher sends in order. Losing nothing
 * that the peer's outbox still holds is not its task: gaps are pulled, and standstill is drained.
 */
export interface EventLog {
  /** Resolves when the log has all records for good; throws when that is not sure. */
  publish(records: readonly LogRecord[]): Promise<void>;
  /** Reads the peer's records. The answer ends it, after the handling in hand. */
  subscribe(subscription: Subscription): Promise<() => Promise<void>>;
  health(): Promise<LogHealth>;
  /** Ends every subscription. */
  close(): Promise<void>;
}
