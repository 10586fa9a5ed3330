import type { Log } from "@banyan/platform/logging/log.ts";

const EVERY_MS = 60_000;
/** Longer than a checkout or a cancel may wait for the processor and the mail server together. */
const OLD_MS = 120_000;

/** One kind of work that may have been left half done. */
export interface Unsettled {
  /** For the log, e.g. `charges without an order`. */
  readonly what: string;
  /** Settles what was begun before `before`, and answers how many there were. */
  settle(before: Date): Promise<number>;
}

/** Settles once a minute what a crash or a lost answer left half done. `stop` waits for a round that is under way. */
export function startSettling(
  kinds: readonly Unsettled[],
  { log, now }: { readonly log: Log; readonly now: () => number },
): { stop(): Promise<void> } {
  let round = Promise.resolve();
  let busy = false;
  const settle = async () => {
    busy = true;
    for (const { what, settle } of kinds) {
      try {
        const settled = await settle(new Date(now() - OLD_MS));
        if (settled > 0) log.info({ settled }, `${what} were settled`);
      } catch (error) {
        log.warn({ err: error, code: "BYN-SHOP-023" }, `${what} could not be looked for`);
      }
    }
    busy = false;
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
