import { readSlot } from "@banyan/platform/handover/slot/slot-row.ts";
import { waitFor } from "../../stack/condition.ts";
import { CAPABILITIES } from "../sides.ts";
import type { Fault } from "./fault.ts";
import { holdRow } from "./held-row.ts";

const [FROM, TO] = [40, 60];
const GIVEN_MS = 60_000;

/**
 * A handover that can't arrive: the receiver's row is held until the owner has given the slot away, then its copy is found
 * different. Nobody owns the slot; the controller has to take the handover back, and fill the copy again.
 */
export const stick: Fault = {
  name: "let a handover stick",
  inject: async ({ mover, sides, signal }, dice) => {
    const capability = dice.pick(CAPABILITIES);
    const slot = FROM + dice.upTo(TO - FROM);
    const { monolith, extracted } = sides[capability];
    const moving = await mover.take();
    try {
      await moving.move(capability, FROM);
      const held = await holdRow(extracted.pool, capability, slot);
      try {
        const { epoch } = await readSlot(monolith.pool, capability, slot);
        await moving.aim(capability, TO);
        const given = async () => !(await readSlot(monolith.pool, capability, slot)).owner;
        if (!(await waitFor(given, { withinMs: GIVEN_MS, everyMs: 20, signal })))
          throw new Error(`slot ${slot} of ${capability} was not given away`);
        await held.quarantine();
        return {
          what: `slot ${slot} of ${capability} was given to a copy that is in quarantine`,
          // Its marker named epoch + 1; only an abort goes to one after that, at the same side.
          seen: async () => {
            const row = await readSlot(monolith.pool, capability, slot);
            return row.owner && row.epoch > epoch + 1;
          },
          heal: async () => {
            try {
              await moving.move(capability, TO);
            } finally {
              moving.end();
            }
          },
        };
      } finally {
        await held.letGo();
      }
    } catch (error) {
      moving.end();
      throw error;
    }
  },
};
