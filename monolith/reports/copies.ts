import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { SLOTS } from "@banyan/contracts/slot.ts";
import type { PeerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import { readSlots } from "@banyan/platform/handover/slot/slot-row.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import type { PoolClient } from "pg";

/** What a report counts from the tables: all but how far behind they are. */
export type Figures<Report extends { readonly lag: number | null }> = Omit<Report, "lag">;

/** By capability, where its owner's `seq` can be read; without, how far its copies are behind is not known. */
export type ReportPeers = Readonly<Record<string, Pick<PeerOutbox, "heads"> | undefined>>;

/** The copies of one capability in the state that a report was counted from. */
export interface Copies {
  readonly capability: string;
  /** `seq` by slot, of the slots that this side does not own. */
  readonly seqs: ReadonlyMap<number, number>;
}

/**
 * The copies that the report of the caller's transaction is counted from. Reports are `stale: ok` (design §5.9), but only
 * whole: BYN-SHOP-035 when a slot is neither owned here nor followed. The rehearsal slots hold no order and no SKU.
 */
export async function copiesOf(client: PoolClient, capability: string): Promise<Copies> {
  const slots = (await readSlots(client, capability)).filter(({ slot }) => slot <= SLOTS);
  const missing = slots.filter(({ owner, state }) => !owner && state !== "following");
  if (missing.length > 0) {
    const which = missing.map(({ slot, state }) => `${slot} (${state})`).join(", ");
    throw new BanyanError("BYN-SHOP-035", `${capability} is not complete here: slot ${which}`);
  }
  const copied = slots.filter(({ owner }) => !owner);
  return { capability, seqs: new Map(copied.map(({ slot, seq }) => [slot, seq])) };
}

/** How many changes the copies are behind; null when a peer is not known or does not answer, which is logged. */
export async function lagOf(
  copies: readonly Copies[],
  { peers, log }: { readonly peers: ReportPeers; readonly log: Log },
): Promise<number | null> {
  let lag = 0;
  for (const { capability, seqs } of copies) {
    if (seqs.size === 0) continue;
    const peer = peers[capability];
    if (peer === undefined) return null;
    try {
      lag += behind(seqs, await peer.heads(capability));
    } catch (error) {
      log.warn({ err: error, capability }, "how far the reports' copies are behind could not be asked");
      return null;
    }
  }
  return lag;
}

/** A slot that is just being handed over may be ahead of its next owner: that is not behind. */
function behind(seqs: ReadonlyMap<number, number>, heads: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const [slot, seq] of seqs) sum += Math.max(0, (heads.get(slot) ?? seq) - seq);
  return sum;
}
