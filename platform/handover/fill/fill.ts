import type { Pool } from "pg";
import { type Act, inAct } from "../act/act.ts";
import type { OwnedCapability } from "../capability.ts";
import { replaceEpochs } from "../slot/past-epochs.ts";
import { lockSlot, type SlotRow, writeSlot } from "../slot/slot-row.ts";
import { replaceKeys } from "../write/keys.ts";
import type { SlotSnapshot } from "./snapshot.ts";

/** The states that a fill may begin from: never `following`, which may be all that stands of the slot (§5.11). */
export function mayFill(row: SlotRow): boolean {
  return !row.owner && row.state !== "following";
}

/**
 * Marks the copy's slot as `filling`. Answers false when it is in no state to be filled: it owns, or follows.
 * @throws BYN-DATA-022, -025.
 */
export async function beginFill(copy: Pool, capability: string, slot: number, act: Act): Promise<boolean> {
  return inAct(copy, act, async (client) => {
    const row = await lockSlot(client, capability, slot);
    if (!mayFill(row)) return false;
    await writeSlot(client, capability, { ...row, state: "filling", trouble: undefined });
    return true;
  });
}

/** Does the snapshot still fit the copy? Between taking and putting it the slot may have gone on, or moved. Pure. */
export function fits(row: SlotRow, snapshot: Pick<SlotSnapshot, "epoch" | "seq">): boolean {
  if (row.owner || row.state !== "filling") return false;
  return row.epoch === snapshot.epoch && row.seq <= snapshot.seq;
}

/**
 * Replaces the slot's rows, keys and past epochs by the snapshot and sets `following` at its `seq`: one transaction under
 * the slot's lock. Answers false, with nothing changed, when the snapshot does not fit any more.
 * @throws BYN-DATA-022, -025.
 */
export async function putSnapshot<Change>(
  copy: Pool,
  capability: OwnedCapability<Change>,
  snapshot: SlotSnapshot,
  act: Act,
): Promise<boolean> {
  const { slot, epoch, seq } = snapshot;
  return inAct(copy, act, async (client) => {
    const row = await lockSlot(client, capability.name, slot);
    if (!fits(row, snapshot)) return false;
    await capability.replace(client, slot, snapshot.rows);
    await replaceKeys(client, capability.name, slot, snapshot.keys);
    await replaceEpochs(client, capability.name, slot, snapshot.epochs);
    await writeSlot(client, capability.name, {
      slot,
      owner: false,
      epoch,
      seq,
      state: "following",
      trouble: undefined,
    });
    return true;
  });
}
