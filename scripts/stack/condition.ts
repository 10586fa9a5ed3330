import { setTimeout as delay } from "node:timers/promises";

/** Asked again and again until it answers true; an error counts as "not yet". */
export type Condition = () => Promise<boolean>;

export interface WaitOptions {
  readonly withinMs: number;
  readonly everyMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Waits for a condition; false when it did not come true in time. Rejects with the signal's reason. */
export async function waitFor(condition: Condition, options: WaitOptions): Promise<boolean> {
  const deadline = performance.now() + options.withinMs;
  for (;;) {
    options.signal?.throwIfAborted();
    if (await condition().catch(() => false)) return true;
    if (performance.now() >= deadline) return false;
    await delay(options.everyMs);
  }
}

/** True when the address answers with a 2xx status within two seconds. */
export function answers(url: string): Condition {
  return async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000), redirect: "manual" });
    await response.body?.cancel();
    return response.ok;
  };
}
