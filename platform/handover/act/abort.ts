import type { Pool } from "pg";
import { noteEpoch } from "../slot/past-epochs.ts";
import { lockSlot, readSlot, type SlotRow, writeSlot } from "../slot/slot-row.ts";
import { type Act, changed, inAct } from "./act.ts";
import type { SlotBetween } from "./hand-over.ts";

/** The next act of an abort, as the two rows ask for it. */
export type AbortPlan =
  | { readonly stage: "fence"; readonly nextEpoch: number }
  /** A half-done abort is finished at the epoch that its fence set, never fenced again. */
  | { readonly stage: "restore"; readonly nextEpoch: number; readonly epoch: number };

/**
 * What an abort of the handover `from` → `to` has to do (§5.6); undefined when there is none to abort: somebody owns the
 * slot, or `from` is not the side that gave it away. Pure.
 */
export function abortPlan(from: SlotRow, to: SlotRow): AbortPlan | undefined {
  const inHand = !from.owner && !to.owner && from.state === "following" && from.seq > to.seq;
  if (!inHand) return undefined;
  const nextEpoch = from.epoch;
  const fenced = to.epoch > from.epoch && (to.state === "empty" || to.state === "filling");
  return fenced ? { stage: "restore", nextEpoch, epoch: to.epoch } : { stage: "fence", nextEpoch };
}

/** Reads both rows, the receiver's last: a marker that it applies meanwhile is seen, or makes the fence refuse. */
export async function planAbort({ capability, slot, from, to }: SlotBetween): Promise<AbortPlan | undefined> {
  const gave = await readSlot(from, capability, slot);
  return abortPlan(gave, await readSlot(to, capability, slot));
}

/**
 * 1. At the receiver: it can't apply the marker any more. Only while it is not the owner and its epoch is the marker's;
 * then `empty`, at an epoch that no marker has named. Answers that epoch.
 * @throws BYN-DATA-022, -023, -025.
 */
export async function fenceReceiver(
  to: Pool,
  capability: string,
  slot: number,
  nextEpoch: number,
  act: Act,
): Promise<number> {
  return inAct(to, act, async (client) => {
    const row = await lockSlot(client, capability, slot);
    if (row.owner || row.epoch !== nextEpoch - 1) {
      throw changed(capability, slot, `a receiver at epoch ${nextEpoch - 1}`);
    }
    const epoch = nextEpoch + 1;
    await writeSlot(client, capability, { ...row, state: "empty", epoch, trouble: undefined });
    return epoch;
  });
}

/**
 * 2. At the old owner: it owns the slot again, at the fence's epoch. Only while it is not the owner and its epoch is the
 * marker's `nextEpoch`. Every epoch between is closed at its `seq` (the marker's own was when it was written).
 * @throws BYN-DATA-022, -023, -025.
 */
export async function restoreOwner(
  from: Pool,
  capability: string,
  slot: number,
  plan: { readonly nextEpoch: number; readonly epoch: number },
  act: Act,
): Promise<void> {
  await inAct(from, act, async (client) => {
    const row = await lockSlot(client, capability, slot);
    if (row.owner || row.epoch !== plan.nextEpoch) {
      throw changed(capability, slot, `in hand at epoch ${plan.nextEpoch}`);
    }
    for (let epoch = row.epoch; epoch < plan.epoch; epoch++) {
      await noteEpoch(client, capability, slot, { epoch, lastSeq: row.seq });
    }
    await writeSlot(client, capability, { ...row, owner: true, epoch: plan.epoch });
  });
}

/**
 * Takes a stuck handover back: fence, then restore; one that was left half done is finished. The receiver is `empty`
 * then and wants a re-fill. Answers whether there was one to abort.
 */
export async function abortHandover(between: SlotBetween, act: Act): Promise<boolean> {
  const { capability, slot, from, to } = between;
  const plan = await planAbort(between);
  if (plan === undefined) return false;
  const { nextEpoch } = plan;
  const epoch =
    plan.stage === "restore" ? plan.epoch : await fenceReceiver(to, capability, slot, nextEpoch, act);
  await restoreOwner(from, capability, slot, { nextEpoch, epoch }, act);
  return true;
}
