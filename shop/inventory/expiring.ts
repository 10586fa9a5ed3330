import type { Log } from "@banyan/platform/logging/log.ts";
import { type Repeating, startRepeating } from "../repeating.ts";
import type { StockStore } from "./stock-store.ts";

const EVERY_MS = 1_000;
/** Reservations of one look; each is a transaction. A full look is followed by the next at once. */
const AT_ONCE = 100;

/** Gives back, about once a second, what was reserved and never bought, in the slots that this side owns. */
export function startExpiring(
  store: Pick<StockStore, "expire">,
  log: Log,
  { everyMs = EVERY_MS, atOnce = AT_ONCE } = {},
): Repeating {
  return startRepeating({
    look: async () => {
      const expired = await store.expire(atOnce);
      if (expired > 0) log.info({ expired }, "reservations have expired");
      return expired === atOnce;
    },
    trouble: "expired reservations can't be given back",
    everyMs,
    log,
  });
}
