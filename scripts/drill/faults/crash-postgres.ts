import { pause } from "../pause.ts";
import type { Fault } from "./fault.ts";

const MOMENT_MS = 500;

/** Every database at once, in the middle of whatever is written. */
export const crashPostgres: Fault = {
  name: "crash Postgres",
  inject: async ({ stage }, dice) => {
    await pause(dice.upTo(MOMENT_MS));
    await stage.crashPostgres();
    return {
      what: "Postgres is shut down at once (SIGQUIT)",
      seen: () => stage.isPostgresGone(),
      heal: () => stage.startPostgres(),
    };
  },
};
