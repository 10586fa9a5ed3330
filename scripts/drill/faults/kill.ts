import { pause } from "../pause.ts";
import type { Actor } from "../stage.ts";
import type { Fault } from "./fault.ts";

/** At some moment of what they do; a checkout takes some tenths of a second. */
const MOMENT_MS = 500;

/** kill -9, and a new process later. */
export function kill(actor: Actor): Fault {
  return {
    name: `kill ${actor}`,
    inject: async ({ stage }, dice) => {
      await pause(dice.upTo(MOMENT_MS));
      await stage.signal(actor, "SIGKILL");
      return {
        what: `${actor} is killed`,
        seen: async () => !(await stage.isRunning(actor)),
        heal: () => stage.start(actor),
      };
    },
  };
}
