import { setTimeout as delay } from "node:timers/promises";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { peerOf } from "@banyan/contracts/http/headers.ts";
import { BOUNDS } from "@banyan/controller/decide/plan-moves.ts";
import { handOver } from "@banyan/platform/handover/act/hand-over.ts";
import { drain } from "@banyan/platform/handover/inbox/deliver.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import { isContention } from "@banyan/platform/log/fault.ts";
import type { Customer } from "./customer.ts";
import { LEDGER, ledger } from "./ledger.ts";
import type { BenchSide, Sides } from "./sides.ts";

/** Slots that were handed over together, all to the side that did not own them. */
export interface Move {
  /** From the first act to the first write that the last of them took at its new owner. */
  readonly tookMs: number;
  /** Of each slot. */
  readonly pausesMs: readonly number[];
}

/** What the controller brings to an act; it tries again in its next round. */
const ACT = { token: 1, sleep: (ms: number) => delay(ms) };
const AGAIN_MS = 20;
const BATCH = 100;
/** A machine on which the copies stay behind for so long can't be measured. */
const STARTED_WITHIN_MS = 30_000;

/**
 * Hands the slots of these customers over, all at once, and waits until each has been served by the new owner.
 * @throws BYN-CLI-018 when a copy stays too far behind
 */
export async function move(
  customers: readonly Customer[],
  sides: Sides["sides"],
  signal: AbortSignal,
): Promise<Move> {
  const startedMs = performance.now();
  const taken = customers.map(async (customer) => {
    const [from, to] = [sides[customer.owner], sides[peerOf(customer.owner)]];
    const next = customer.takenNext();
    await giveAway(customer.slot, from, to, signal);
    const arrived = new AbortController();
    const served = next.finally(() => arrived.abort());
    const [taken] = await Promise.all([
      served,
      drainWhenLate(customer.slot, from, to, arrived.signal, signal),
    ]);
    return taken;
  });
  const all = await Promise.all(taken);
  const lastMs = Math.max(...all.map(({ atMs }) => atMs));
  return { tookMs: lastMs - startedMs, pausesMs: all.map(({ pauseMs }) => pauseMs) };
}

/** As the controller does with a slot that is in hand for so long; on a machine that keeps up it never comes to that. */
async function drainWhenLate(
  slot: number,
  from: BenchSide,
  to: BenchSide,
  arrived: AbortSignal,
  signal: AbortSignal,
): Promise<void> {
  const inbox = { capability: ledger, own: to.controller, peer: peerOutbox(from.feed), batch: BATCH };
  for (;;) {
    await delay(BOUNDS.drainInHandMs, undefined, { signal: arrived }).catch(() => {});
    if (arrived.aborted) return;
    signal.throwIfAborted();
    await drain(inbox, slot).catch((error: unknown) => {
      if (!isContention(error)) throw error; // the log brings the same rows at this moment
    });
  }
}

/** A copy that is too far behind, or a row that is locked all the time, is tried again; anything else is an error. */
async function giveAway(slot: number, from: BenchSide, to: BenchSide, signal: AbortSignal): Promise<void> {
  const between = { capability: LEDGER, slot, from: from.controller, to: to.controller };
  const untilMs = performance.now() + STARTED_WITHIN_MS;
  for (;;) {
    signal.throwIfAborted();
    try {
      await handOver(between, ACT, BOUNDS.maxLag);
      return;
    } catch (error) {
      const again =
        error instanceof BanyanError && (error.code === "BYN-DATA-024" || error.code === "BYN-DATA-025");
      if (!again) throw error;
      if (performance.now() > untilMs)
        throw new BanyanError("BYN-CLI-018", `slot ${slot} could not be handed over: ${error.detail}`);
      await delay(AGAIN_MS);
    }
  }
}
