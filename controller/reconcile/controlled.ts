import { peerOf, SIDES, type Side } from "@banyan/contracts/http/headers.ts";
import { abortHandover } from "@banyan/platform/handover/act/abort.ts";
import { type Act, inAct } from "@banyan/platform/handover/act/act.ts";
import { giveAway, type SlotBetween } from "@banyan/platform/handover/act/hand-over.ts";
import type { OwnedCapability } from "@banyan/platform/handover/capability.ts";
import { fillSlots } from "@banyan/platform/handover/fill/fill-slots.ts";
import { drain } from "@banyan/platform/handover/inbox/deliver.ts";
import { peerOutbox } from "@banyan/platform/handover/outbox/peer-outbox.ts";
import { readSlots, type SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";
import type { Pool } from "pg";
import type { Move } from "../decide/plan-moves.ts";

/** One owning capability as the controller reaches it: by its two databases, never through the services. */
export interface Controlled {
  readonly name: string;
  /** Does it have its slots at both sides (`handover.open`)? Before that there is nothing to look at. */
  opened(): Promise<boolean>;
  rows(): Promise<Readonly<Record<Side, readonly SlotRow[]>>>;
  /** Shows the token to both databases: from here on they refuse every controller before this one. */
  fence(act: Act): Promise<void>;
  /** @throws BYN-DATA-022 to -025; what a database away throws. */
  take(move: Move, act: Act): Promise<void>;
}

/** Rows of one pull of a drain. */
const BATCH = 100;

/** Over the tables of either side. */
export function controlled<Change>(
  sides: Readonly<Record<Side, { readonly pool: Pool; readonly capability: OwnedCapability<Change> }>>,
): Controlled {
  const { name } = sides.monolith.capability;
  const between = (slot: number, from: Side): SlotBetween => ({
    capability: name,
    slot,
    from: sides[from].pool,
    to: sides[peerOf(from)].pool,
  });
  return {
    name,
    opened: async () => {
      const both = await Promise.all(SIDES.map((side) => isOpened(sides[side].pool, name)));
      return both.every(Boolean);
    },
    rows: async () => {
      const [monolith, extracted] = await Promise.all([
        readSlots(sides.monolith.pool, name),
        readSlots(sides.extracted.pool, name),
      ]);
      return { monolith, extracted };
    },
    fence: async (act) => {
      for (const side of SIDES) await inAct(sides[side].pool, act, async () => {});
    },
    take: async (move, act) => {
      switch (move.do) {
        case "hand-over":
          await giveAway(between(move.slot, move.from), { epoch: move.epoch }, act);
          return;
        case "abort":
          await abortHandover(between(move.slot, move.from), act);
          return;
        case "drain": {
          const { pool: own, capability } = sides[move.to];
          const peer = peerOutbox(sides[peerOf(move.to)].pool);
          await drain({ capability, own, peer, batch: BATCH }, move.slot);
          return;
        }
        case "fill":
          await fillSlots({
            owner: sides[peerOf(move.copy)],
            copy: sides[move.copy],
            act,
            slots: [move.slot],
          });
      }
    },
  };
}

/** PostgreSQL's undefined_table: the handover's own migrations have not run there yet. */
const NO_TABLE = "42P01";

async function isOpened(pool: Pool, capability: string): Promise<boolean> {
  try {
    const { rowCount } = await pool.query("SELECT FROM handover.slot WHERE capability = $1 LIMIT 1", [
      capability,
    ]);
    return rowCount === 1;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === NO_TABLE) return false;
    throw error;
  }
}
