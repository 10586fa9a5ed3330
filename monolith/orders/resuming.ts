import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import type { SagaGround } from "@banyan/shop/checkout/checkout.ts";
import { RESUME_AFTER, type ResumeAfter, resumeSagas } from "@banyan/shop/checkout/resume.ts";

const EVERY_MS = 1_000;

/**
 * Finishes every second what checkouts and cancellings left unfinished in the slots that this side owns. `stop` waits for
 * a round that is under way.
 */
export function startResuming(
  ground: SagaGround,
  {
    after = RESUME_AFTER,
    everyMs = EVERY_MS,
  }: { readonly after?: ResumeAfter; readonly everyMs?: number } = {},
): { stop(): Promise<void> } {
  let round = Promise.resolve();
  let busy = false;
  let failing = false;
  const resume = async () => {
    busy = true;
    try {
      const finished = await resumeSagas(ground, after, takenHere);
      if (finished > 0) ground.log.info({ finished }, "unfinished orders were finished");
      failing = false;
    } catch (error) {
      if (!failing)
        ground.log.warn({ err: error }, "unfinished orders could not be looked for; trying again");
      failing = true;
    }
    busy = false;
  };
  const begin = () => {
    if (!busy) round = resume();
  };
  begin();
  const timer = setInterval(begin, everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await round;
    },
  };
}

/** The monolith gives odd numbers, the extracted side even ones from 1,000,000 on; older orders have both kinds. */
function takenHere({ number }: OrderRecord): boolean {
  return number % 2 === 1 || number < 1_000_000;
}
