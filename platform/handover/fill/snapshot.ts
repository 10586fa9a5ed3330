import type { Pool } from "pg";
import type { CanonicalRow } from "../../log/capability.ts";
import { inSnapshot } from "../../log/snapshot.ts";
import type { OwnedCapability } from "../capability.ts";
import { type PastEpoch, readEpochs } from "../slot/past-epochs.ts";
import { readSlot } from "../slot/slot-row.ts";
import { type KeyRecord, readKeys } from "../write/keys.ts";

/** All that a slot is at its owner, of one moment (§5.11). */
export interface SlotSnapshot {
  readonly slot: number;
  readonly epoch: number;
  readonly seq: number;
  readonly rows: readonly CanonicalRow[];
  readonly keys: readonly KeyRecord[];
  readonly epochs: readonly PastEpoch[];
}

/** Reads a slot at its owner in one REPEATABLE READ snapshot; undefined when that side is not the owner. */
export async function takeSnapshot<Change>(
  owner: Pool,
  capability: OwnedCapability<Change>,
  slot: number,
): Promise<SlotSnapshot | undefined> {
  return inSnapshot(owner, async (client) => {
    const row = await readSlot(client, capability.name, slot);
    if (!row.owner) return undefined;
    return {
      slot,
      epoch: row.epoch,
      seq: row.seq,
      rows: await capability.rows.rows(client, slot),
      keys: await readKeys(client, capability.name, slot),
      epochs: await readEpochs(client, capability.name, slot),
    };
  });
}
