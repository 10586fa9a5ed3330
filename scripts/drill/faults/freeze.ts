import type { Side } from "@banyan/contracts/http/headers.ts";
import { peerOf } from "@banyan/contracts/http/headers.ts";
import type { SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";
import { readSlots } from "@banyan/platform/handover/slot/slot-row.ts";
import type { Capability } from "../sides.ts";
import type { Actor } from "../stage.ts";
import type { Fault } from "./fault.ts";

interface Target {
  readonly actors: readonly Actor[];
  readonly side: Side;
  readonly capability: Capability;
}

const TARGETS: readonly Target[] = [
  { actors: ["orders", "orders-worker"], side: "extracted", capability: "orders" },
  { actors: ["inventory", "inventory-worker"], side: "extracted", capability: "inventory" },
  { actors: ["monolith", "monolith-worker"], side: "monolith", capability: "orders" },
];
/** From here, then away from whoever stands still. */
const MIDDLE = 50;

/**
 * Both processes of a side stand still (SIGSTOP), their slots are given away meanwhile, and they wake up in the belief that
 * they own them: with requests in hand, and transactions half done.
 */
export const freeze: Fault = {
  name: "freeze a side past a handover",
  inject: async ({ stage, mover, sides }, dice) => {
    const { actors, side, capability } = dice.pick(TARGETS);
    const { pool } = sides[capability][side];
    const moving = await mover.take();
    const heal = async () => {
      try {
        for (const actor of actors) await stage.signal(actor, "SIGCONT");
      } finally {
        moving.end();
      }
    };
    try {
      await moving.move(capability, MIDDLE);
      const before = await readSlots(pool, capability);
      for (const actor of actors) await stage.signal(actor, "SIGSTOP");
      await moving.aim(capability, side === "extracted" ? 0 : 100);
      const other = sides[capability][peerOf(side)].pool;
      return {
        what: `${actors.join(" and ")} stand still, and the slots of ${capability} go to the other side`,
        seen: async () => {
          const taken = await readSlots(other, capability);
          return before.some((row) => row.owner && isTaken(row, taken));
        },
        heal,
      };
    } catch (error) {
      await heal();
      throw error;
    }
  },
};

function isTaken(row: SlotRow, taken: readonly SlotRow[]): boolean {
  return taken.some(({ slot, owner, epoch }) => slot === row.slot && owner && epoch > row.epoch);
}
