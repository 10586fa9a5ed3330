import type { Log } from "@banyan/platform/logging/log.ts";
import type { SagaGround } from "@banyan/shop/checkout/checkout.ts";
import { RESUME_AFTER, type ResumeAfter, resumeSagas } from "@banyan/shop/checkout/resume.ts";
import { takenHere } from "../orders/taken-here.ts";

const EVERY_MS = 1_000;

export interface Resuming {
  /** Looks that failed in a row: the database is away. */
  failing(): number;
  /** Waits for the order in hand. */
  stop(): Promise<void>;
}

/** Finishes, about once a second, what was left unfinished in the slots that this side owns; one look at a time. */
export function startResuming(ground: SagaGround, log: Log, after: ResumeAfter = RESUME_AFTER): Resuming {
  const ending = new AbortController();
  let failing = 0;
  const loop = async () => {
    while (!ending.signal.aborted) {
      try {
        const finished = await resumeSagas(ground, after, takenHere);
        failing = 0;
        if (finished > 0) log.info({ finished }, "unfinished orders were finished");
      } catch (error) {
        failing += 1;
        if (failing === 1) log.warn({ err: error }, "unfinished orders can't be looked for; trying again");
      }
      await pause(EVERY_MS, ending.signal);
    }
  };
  const done = loop();
  return {
    failing: () => failing,
    stop: async () => {
      ending.abort();
      await done;
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
