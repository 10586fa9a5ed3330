import type { Log } from "../logging/log.ts";

const QUIET_MS = 60_000;

/**
 * Passes on what the SDK complains of, once a minute at most: a collector that is away would fill the log with it.
 * `nowMs` is a clock that only goes forward.
 */
export function complaints(log: Pick<Log, "warn">, nowMs: () => number): (what: string) => void {
  let saidAtMs = Number.NEGATIVE_INFINITY;
  let kept = 0;
  return (what) => {
    if (nowMs() - saidAtMs < QUIET_MS) {
      kept += 1;
      return;
    }
    log.warn({ what, unsaid: kept }, "traces: some could not be sent");
    saidAtMs = nowMs();
    kept = 0;
  };
}
