import { until } from "../proxy.fixture.ts";

/** A clock that only a test moves, and that tells when the proxy has looked at it. */
export interface ManualClock {
  /** For `testProxy`. */
  readonly clockMs: () => number;
  forward(ms: number): void;
  /** Resolves once all that is under way has been looked at, from now on. Requests that begin or are answered count too. */
  looked(): Promise<void>;
}

export function manualClock(): ManualClock {
  let nowMs = 1_000;
  let looks = 0;
  let looking = false;
  return {
    clockMs: () => {
      // A look reads it several times, all in one turn of the event loop.
      if (!looking) {
        looking = true;
        setImmediate(() => {
          looking = false;
          looks += 1;
        });
      }
      return nowMs;
    },
    forward: (ms) => {
      nowMs += ms;
    },
    looked: async () => {
      // One that is under way may have begun before what is waited for.
      const wanted = looks + (looking ? 2 : 1);
      await until(() => looks >= wanted);
    },
  };
}
