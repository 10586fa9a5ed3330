import type { Log } from "@banyan/platform/logging/log.ts";
import type { Pool } from "pg";
import type { CardProcessor } from "./card-processor.ts";
import { settleAttempts } from "./charge-attempts.ts";

const EVERY_MS = 60_000;
/** Longer than a checkout may wait for the processor and the mail server together. */
const OLD_MS = 120_000;

/** Gives back, once a minute, what was charged for no order. `stop` waits for a round that is under way. */
export function startSettling(
  pool: Pool,
  { cards, log, now }: { readonly cards: CardProcessor; readonly log: Log; readonly now: () => number },
): { stop(): Promise<void> } {
  let round = Promise.resolve();
  let busy = false;
  const settle = async () => {
    busy = true;
    try {
      const settled = await settleAttempts(pool, { cards, log, before: new Date(now() - OLD_MS) });
      if (settled > 0) log.info({ settled }, "charges without an order were settled");
    } catch (error) {
      log.warn({ err: error, code: "BYN-SHOP-023" }, "charges without an order could not be looked for");
    } finally {
      busy = false;
    }
  };
  const begin = () => {
    if (!busy) round = settle();
  };
  begin();
  const timer = setInterval(begin, EVERY_MS).unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await round;
    },
  };
}
