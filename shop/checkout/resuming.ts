import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import { type Repeating, startRepeating } from "../repeating.ts";
import type { SagaGround } from "./checkout.ts";
import { PutOff } from "./put-off.ts";
import { RESUME_AFTER, type ResumeAfter, resumeSagas } from "./resume.ts";

const EVERY_MS = 1_000;

/** Finishes, about once a second, what was left unfinished in the slots that this side owns. */
export function startResuming(
  ground: SagaGround,
  /** Was the order taken at this side? */
  takenHere: (order: OrderRecord) => boolean,
  after: ResumeAfter = RESUME_AFTER,
): Repeating {
  const putOff = new PutOff();
  return startRepeating({
    look: async () => {
      const finished = await resumeSagas(ground, after, takenHere, putOff);
      if (finished > 0) ground.log.info({ finished }, "unfinished orders were finished");
      return false;
    },
    trouble: "unfinished orders can't be looked for",
    everyMs: EVERY_MS,
    log: ground.log,
  });
}
