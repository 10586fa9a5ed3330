import { createWaker } from "@banyan/platform/log/waker.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import type { StockStore } from "./stock-store.ts";

const EVERY_MS = 1_000;
/** Reservations of one look; each is a transaction. A full look is followed by the next at once. */
const AT_ONCE = 100;

export interface Expiring {
  /** Looks that failed in a row: the database is away. */
  failing(): number;
  /** Waits for the look in hand. */
  stop(): Promise<void>;
}

/** Gives back, about once a second, what was reserved and never bought, in the slots that this side owns. */
export function startExpiring(
  store: Pick<StockStore, "expire">,
  log: Log,
  { everyMs = EVERY_MS, atOnce = AT_ONCE } = {},
): Expiring {
  const waker = createWaker();
  let stopping = false;
  let failing = 0;
  const look = async (): Promise<boolean> => {
    try {
      const expired = await store.expire(atOnce);
      failing = 0;
      if (expired > 0) log.info({ expired }, "reservations have expired");
      return expired === atOnce;
    } catch (error) {
      failing += 1;
      if (failing === 1) log.warn({ err: error }, "expired reservations can't be given back; trying again");
      return false;
    }
  };
  const loop = async (): Promise<void> => {
    while (!stopping) {
      const isFull = await look();
      if (!isFull && !stopping) await waker.wait(everyMs);
    }
  };
  const done = loop();
  return {
    failing: () => failing,
    stop: async () => {
      stopping = true;
      waker.wake();
      await done;
    },
  };
}
