import { createWaker } from "@banyan/platform/log/waker.ts";
import type { Log } from "@banyan/platform/logging/log.ts";

/** Work of a worker's that is looked for again and again, one look at a time. */
export interface Repeating {
  /** What it means when looks fail, in words. */
  readonly trouble: string;
  /** Looks that failed in a row: the database is away. */
  failing(): number;
  /** Waits for the look in hand. */
  stop(): Promise<void>;
}

export interface RepeatingOptions {
  /** True when there may be more: then the next look comes at once. */
  readonly look: () => Promise<boolean>;
  /** Logged once, when looks begin to fail. */
  readonly trouble: string;
  readonly everyMs: number;
  readonly log: Log;
}

/** Looks now, and from then on after each pause, whatever becomes of a look. */
export function startRepeating({ look, trouble, everyMs, log }: RepeatingOptions): Repeating {
  const waker = createWaker();
  let stopping = false;
  let failing = 0;
  const loop = async (): Promise<void> => {
    while (!stopping) {
      let isMore = false;
      try {
        isMore = await look();
        failing = 0;
      } catch (error) {
        failing += 1;
        if (failing === 1) log.warn({ err: error }, `${trouble}; trying again`);
      }
      if (!isMore && !stopping) await waker.wait(everyMs);
    }
  };
  const done = loop();
  return {
    trouble,
    failing: () => failing,
    stop: async () => {
      stopping = true;
      waker.wake();
      await done;
    },
  };
}
