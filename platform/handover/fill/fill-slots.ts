import type { Pool } from "pg";
import type { Trouble } from "../../log/copy-row.ts";
import { at } from "../../log/fault.ts";
import type { Act } from "../act/act.ts";
import type { OwnedCapability } from "../capability.ts";
import { quarantine } from "../slot/quarantine.ts";
import { readSlots, type SlotRow } from "../slot/slot-row.ts";
import { beginFill, mayFill, putSnapshot } from "./fill.ts";
import { takeSnapshot } from "./snapshot.ts";

export interface FillProgress {
  readonly slotsDone: number;
  readonly slotsTotal: number;
  /** Rows written so far. */
  readonly rows: number;
}

export interface FillOptions<Change> {
  /** Over the owner's tables, and over the copy's. */
  readonly owner: { readonly pool: Pool; readonly capability: OwnedCapability<Change> };
  readonly copy: { readonly pool: Pool; readonly capability: OwnedCapability<Change> };
  readonly act: Act;
  /** Only these; all when left out. */
  readonly slots?: readonly number[];
  readonly onProgress?: (progress: FillProgress) => void;
  /** Spreads the load: after each slot it waits as long as its rows may take at this rate. */
  readonly rowsPerSecond?: number;
  /** Stops between two slots; what is done stays done. */
  readonly signal?: AbortSignal;
}

export interface Filled {
  /** Slots that wanted a fill when it began. */
  readonly slotsTotal: number;
  readonly filled: number;
  /** Slots that went another way meanwhile: filled by another, owned, without an owner to copy from. */
  readonly passedOver: number;
  readonly rows: number;
}

/**
 * Fills every slot of the copy that is `empty`, `filling` or `quarantined` from its owner, one by one (§5.11). One that
 * stands still before a bad event is quarantined first: the snapshot is past that event. Slots that follow are left
 * alone, so a broken-off fill is resumed by calling it again. Safe while writes, the log, handovers and other fills go on.
 */
export async function fillSlots<Change>(options: FillOptions<Change>): Promise<Filled> {
  const { copy, act } = options;
  const name = copy.capability.name;
  const todo = (await at("the copy's database", () => readSlots(copy.pool, name))).filter(
    (row) => (options.slots?.includes(row.slot) ?? true) && (mayFill(row) || isStopped(row)),
  );
  let filled = 0;
  let passedOver = 0;
  let rows = 0;
  const progress = () =>
    options.onProgress?.({ slotsDone: filled + passedOver, slotsTotal: todo.length, rows });
  progress();
  for (const row of todo) {
    if (options.signal?.aborted === true) break;
    const written = await fillSlot(options, row);
    if (written === undefined) passedOver += 1;
    else {
      filled += 1;
      rows += written;
    }
    progress();
    const rate = options.rowsPerSecond;
    if (rate !== undefined && written !== undefined) await act.sleep((written / rate) * 1_000);
  }
  return { slotsTotal: todo.length, filled, passedOver, rows };

  /** Rows written; undefined when the slot was in no state to be filled any more. */
  async function fillSlot({ owner, copy }: FillOptions<Change>, row: SlotRow): Promise<number | undefined> {
    const { slot } = row;
    if (isStopped(row)) {
      await at("the copy's database", () => quarantine(copy.pool, name, row, row.trouble));
    }
    const began = await at("the copy's database", () => beginFill(copy.pool, name, slot, act));
    if (!began) return undefined;
    const snapshot = await at("the owner's database", () => takeSnapshot(owner.pool, owner.capability, slot));
    if (snapshot === undefined) return undefined;
    const put = await at("the copy's database", () => putSnapshot(copy.pool, copy.capability, snapshot, act));
    return put ? snapshot.rows.length : undefined;
  }
}

/** The owner has the event that this copy can't apply, so it is behind, and not what is left of the slot. */
function isStopped(row: SlotRow): row is SlotRow & { trouble: Trouble } {
  const code = row.trouble?.code;
  return row.state === "following" && !row.owner && (code === "BYN-DATA-002" || code === "BYN-DATA-003");
}
