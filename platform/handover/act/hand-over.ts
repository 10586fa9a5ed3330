import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Pool } from "pg";
import { appendMarker } from "../outbox/outbox-row.ts";
import { reconcileRuns } from "../reconcile/running.ts";
import { noteEpoch } from "../slot/past-epochs.ts";
import { lockSlot, readSlot, type SlotRow, writeSlot } from "../slot/slot-row.ts";
import { type Act, changed, inAct } from "./act.ts";

/** One slot and the databases of both sides. */
export interface SlotBetween {
  readonly capability: string;
  readonly slot: number;
  /** The side that gives the slot away. */
  readonly from: Pool;
  /** The side that gets it. */
  readonly to: Pool;
}

/** What a handover was found startable at: it is refused if the owner is elsewhere by then. */
export interface HandoverPlan {
  readonly epoch: number;
}

/** Why a handover can't start, in words; undefined when it can (§5.6). Pure. */
export function whyNot(from: SlotRow, to: SlotRow, maxLag: number): string | undefined {
  if (!from.owner) return "the side that should give it is not its owner";
  if (to.owner) return "the receiver is its owner";
  if (to.state !== "following") return `the receiver is ${to.state}`;
  if (to.epoch !== from.epoch) return `the receiver is at epoch ${to.epoch}, the owner at ${from.epoch}`;
  const trouble = from.trouble ?? to.trouble;
  if (trouble !== undefined) return `it stands still: ${trouble.code} ${trouble.detail}`;
  const lag = from.seq - to.seq;
  if (lag < 0) return "the receiver is ahead of the owner";
  return lag > maxLag ? `the receiver is ${lag} changes behind, and ${maxLag} are allowed` : undefined;
}

/**
 * Looks whether the slot can be handed over. Reads both databases, so they are both within reach.
 * @throws BYN-DATA-024 with the reason.
 */
export async function planHandover(between: SlotBetween, maxLag: number): Promise<HandoverPlan> {
  const { capability, slot } = between;
  const to = await readSlot(between.to, capability, slot);
  const from = await readSlot(between.from, capability, slot);
  const why = whyNot(from, to, maxLag);
  if (why !== undefined) throw new BanyanError("BYN-DATA-024", `slot ${slot} of ${capability}: ${why}`);
  return { epoch: from.epoch };
}

/**
 * The handover itself: one local transaction at the owner (§5.6). The lock of the row waits for writes in flight, so
 * they stand before the marker; from here on nobody owns the slot until the receiver has applied it. Answers the
 * marker's `seq`.
 * @throws BYN-DATA-022, -023, -024 (a reconcile of the slot runs), -025.
 */
export async function giveAway(between: SlotBetween, plan: HandoverPlan, act: Act): Promise<number> {
  const { capability, slot, from } = between;
  return inAct(from, act, async (client) => {
    const row = await lockSlot(client, capability, slot);
    if (!row.owner || row.epoch !== plan.epoch) throw changed(capability, slot, `owned at ${plan.epoch}`);
    if (await reconcileRuns(client, capability, slot)) {
      throw new BanyanError("BYN-DATA-024", `slot ${slot} of ${capability}: it is being reconciled`);
    }
    const { epoch } = row;
    const nextEpoch = epoch + 1;
    const seq = row.seq + 1;
    await writeSlot(client, capability, { ...row, owner: false, epoch: nextEpoch, seq });
    await noteEpoch(client, capability, slot, { epoch, lastSeq: seq });
    await appendMarker(client, { capability, slot, seq, epoch, nextEpoch });
    return seq;
  });
}

/** Looks, then hands over. The receiver owns the slot once it has applied the marker: `drain` it, or let the log come. */
export async function handOver(between: SlotBetween, act: Act, maxLag: number): Promise<number> {
  return giveAway(between, await planHandover(between, maxLag), act);
}
