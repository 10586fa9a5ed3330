import type { Pool } from "pg";
import { type CopyRow, type CopyState, readCopies } from "./copy-row.ts";
import { at } from "./fault.ts";
import { readHeads } from "./peer.ts";

/** One slot as both slot rows tell it. */
export interface SlotLag extends CopyRow {
  /** The owner's `seq`; undefined when the owner has no such slot. */
  readonly sourceSeq: number | undefined;
  /** Changes that the owner has committed and the copy has not. Negative only if the owner has lost writes. */
  readonly lag: number;
}

export interface Lag {
  readonly slots: readonly SlotLag[];
  /** Over `following` slots only: the others follow nothing. */
  readonly lagMax: number;
  readonly lagTotal: number;
  /** Slots by state. */
  readonly states: Readonly<Record<CopyState, number>>;
  /** `following` slots that stand still before a bad event. */
  readonly stopped: number;
}

/**
 * The lag by slot, from the two slot rows (§5.7), never from what was sent. The copy is read first: the owner only
 * grows, so a lag below zero can't come from reading at two moments.
 */
export async function lagOf(options: { capability: string; source: Pool; copy: Pool }): Promise<Lag> {
  const copies = await at("the copy's database", () => readCopies(options.copy, options.capability));
  const heads = await at("the owner's database", () => readHeads(options.source, options.capability));
  return lagFrom(copies, heads);
}

/** Pure part of `lagOf`. */
export function lagFrom(copies: readonly CopyRow[], heads: ReadonlyMap<number, number>): Lag {
  const states = { empty: 0, filling: 0, following: 0, quarantined: 0 };
  let lagMax = 0;
  let lagTotal = 0;
  let stopped = 0;
  const slots = copies.map((row): SlotLag => {
    const sourceSeq = heads.get(row.slot);
    const lag = (sourceSeq ?? row.seq) - row.seq;
    states[row.state] += 1;
    if (row.state === "following") {
      lagMax = Math.max(lagMax, lag);
      lagTotal += Math.max(0, lag);
      if (row.trouble !== undefined) stopped += 1;
    }
    return { ...row, sourceSeq, lag };
  });
  return { slots, lagMax, lagTotal, states, stopped };
}
