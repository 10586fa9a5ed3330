import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { currentToken } from "@banyan/platform/handover/act/current-token.ts";
import { fillSlots } from "@banyan/platform/handover/fill/fill-slots.ts";
import { readSlot } from "@banyan/platform/handover/slot/slot-row.ts";
import { pause } from "../pause.ts";
import { CAPABILITIES, type Capability, type Sides } from "../sides.ts";
import type { Fault } from "./fault.ts";
import { holdRow } from "./held-row.ts";

/** The extracted side owns these at least, so the monolith's copies of them follow. */
const PERCENTAGE = 30;

/** A copy is found different, and while it is filled again somebody holds its row; its owner goes on writing. */
export const holdFill: Fault = {
  name: "hold a back-fill open",
  inject: async ({ mover, sides }, dice) => {
    const capability = dice.pick(CAPABILITIES);
    const slot = dice.upTo(PERCENTAGE);
    const { pool } = sides[capability].monolith;
    const moving = await mover.take();
    try {
      await moving.move(capability, PERCENTAGE);
      await (await holdRow(pool, capability, slot)).quarantine();
      const held = await holdRow(pool, capability, slot);
      let filled = false;
      let leaving = false;
      const filling = fill(sides, capability, slot, () => leaving).then(() => {
        filled = true;
      });
      filling.catch(() => {}); // thrown by `heal`
      let waitedFor = false;
      return {
        what: `slot ${slot} of ${capability} is quarantined at the monolith, and its re-fill waits for the row`,
        seen: async () => {
          if (!waitedFor) {
            waitedFor = await held.isWaitedFor();
            if (waitedFor) await held.letGo();
          }
          return filled && (await readSlot(pool, capability, slot)).state === "following";
        },
        heal: async () => {
          leaving = true;
          moving.end();
          await held.letGo();
          await filling;
        },
      };
    } catch (error) {
      moving.end();
      throw error;
    }
  },
};

/** As a person would do it; a row that is busy is asked for again, until who waits for it leaves. */
async function fill(
  sides: Sides,
  capability: Capability,
  slot: number,
  leaving: () => boolean,
): Promise<void> {
  const { monolith: copy, extracted: owner } = sides[capability];
  for (;;) {
    try {
      const act = { token: await currentToken(copy.pool), sleep: pause };
      await fillSlots({ owner, copy, act, slots: [slot] });
      return;
    } catch (error) {
      const passing = error instanceof BanyanError && ["BYN-DATA-022", "BYN-DATA-025"].includes(error.code);
      if (!passing || leaving()) throw error;
    }
  }
}
