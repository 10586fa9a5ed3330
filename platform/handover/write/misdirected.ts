import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Pool, PoolClient } from "pg";
import { readSlot } from "../slot/slot-row.ts";

/** What a 421 carries (§5.8). `unknown`: an id that this side doesn't know, so no slot can be named. */
export type Misdirected =
  | {
      readonly reason: "not-owner";
      readonly capability: string;
      readonly slot: number;
      readonly epoch: number;
    }
  | { readonly reason: "unknown"; readonly capability: string; readonly slot: null; readonly epoch: null };

/** BYN-DATA-020: the other side is to be asked. Only ever thrown before the request's first commit. */
export class MisdirectedError extends BanyanError {
  readonly misdirected: Misdirected;

  constructor(misdirected: Misdirected) {
    const { capability, slot } = misdirected;
    super(
      "BYN-DATA-020",
      slot === null
        ? `this side doesn't know the id, and does not own all of ${capability}`
        : `this side does not own slot ${slot} of ${capability}`,
    );
    this.name = "MisdirectedError";
    this.misdirected = misdirected;
  }
}

/**
 * Throws the 421 `not-owner` when this side does not own the slot: for a side to decide before it reads a body or asks
 * anybody. Without a lock: the slot may move a moment later, so what is written still needs `guardedWrite`.
 */
export async function mustOwn(on: Pool | PoolClient, capability: string, slot: number): Promise<void> {
  const { owner, epoch } = await readSlot(on, capability, slot);
  if (!owner) throw new MisdirectedError({ reason: "not-owner", capability, slot, epoch });
}

/**
 * For a request by an id that this side doesn't know (§5.9): throws the 421 `unknown` while this side does not own every
 * slot of the capability. When it returns, the id is nowhere, and the answer is 404: if it was looked for in the same
 * snapshot, else the id's slot may have come in between.
 */
export async function refuseUnknown(on: Pool | PoolClient, capability: string): Promise<void> {
  const { rows } = await on.query<{ all: boolean | null }>(
    'SELECT bool_and(owner) AS "all" FROM handover.slot WHERE capability = $1',
    [capability],
  );
  if (rows[0]?.all !== true) {
    throw new MisdirectedError({ reason: "unknown", capability, slot: null, epoch: null });
  }
}
