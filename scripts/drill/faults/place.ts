import type { Side } from "@banyan/contracts/http/headers.ts";
import { CAPABILITIES, type Capability } from "../sides.ts";
import type { Worker } from "../tally.ts";
import type { Fault, Ground } from "./fault.ts";

/** Events that come again. */
const BACK = 5;
/** Set again after so many looks: the reader may have put its own place down in the same moment. */
const AGAIN_AFTER = 40;

/** Reads again what it has read: at least once is all that the log promises. */
export const placeBack: Fault = {
  name: "set a reader back",
  inject: async (ground, dice) => {
    const capability = dice.pick(CAPABILITIES);
    const side = dice.pick(["monolith", "extracted"] as const);
    const set = () => move(ground, capability, side, -BACK);
    return {
      what: `the ${side} side reads the last ${BACK} events of each slot of ${capability} again`,
      seen: until(ground, "duplicate", workerOf(capability, side), set),
      heal: async () => {},
    };
  },
};

/** Skips an event, so that the next one is a gap, and what is missing has to be pulled. */
export const placeForward: Fault = {
  name: "set the readers forward",
  inject: async (ground) => {
    const set = async () => {
      await move(ground, "orders", "monolith", 1);
      await move(ground, "orders", "extracted", 1);
    };
    return {
      what: "both readers of orders skip an event of each slot",
      seen: until(ground, "pull", undefined, set),
      heal: async () => {},
    };
  },
};

function workerOf(capability: Capability, side: Side): Worker {
  return side === "monolith" ? "monolith-worker" : `${capability}-worker`;
}

/** True once the worker has counted one more. */
function until(
  { tally }: Ground,
  what: string,
  worker: Worker | undefined,
  set: () => Promise<void>,
): () => Promise<boolean> {
  const before = tally.events(what, worker);
  let looks = 0;
  return async () => {
    if (tally.events(what, worker) > before) return true;
    if (looks % AGAIN_AFTER === 0) await set();
    looks += 1;
    return false;
  };
}

async function move({ sides }: Ground, capability: Capability, side: Side, by: number): Promise<void> {
  await sides[capability][side].pool.query(
    "UPDATE handover.consumed SET seq = greatest(0, seq + $2) WHERE reader = $1 AND capability = $3",
    [`inbox ${capability}`, by, capability],
  );
}
