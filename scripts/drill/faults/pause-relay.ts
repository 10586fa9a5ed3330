import { CAPABILITIES } from "../sides.ts";
import type { Fault } from "./fault.ts";

/** Most of the slots, so that somebody asks. */
const PERCENTAGE = 70;
/** Requests that stand still. */
const PIECES = 3;

/** The wire to an extracted side stands still while it is asked. */
export const pauseRelay: Fault = {
  name: "pause the wire",
  inject: async ({ stage, mover }, dice) => {
    const capability = dice.pick(CAPABILITIES);
    const relay = stage.relays[capability];
    const moving = await mover.take();
    try {
      await moving.move(capability, PERCENTAGE);
    } catch (error) {
      moving.end();
      throw error;
    }
    relay.pause();
    return {
      what: `the wire to ${capability} stands still`,
      seen: async () => relay.waiting >= PIECES,
      heal: async () => {
        relay.resume();
        moving.end();
      },
    };
  },
};
