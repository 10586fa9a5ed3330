/** A wait that can be cut short. A wake-up that comes while nobody waits cuts the next wait: none is lost. */
export interface Waker {
  /** Resolves after `ms`, or at the first wake-up since the last wait ended. */
  wait(ms: number): Promise<void>;
  wake(): void;
}

export function createWaker(): Waker {
  let pending = false;
  let cut: (() => void) | undefined;
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          cut = undefined;
          pending = false;
          resolve();
        };
        const timer = setTimeout(end, ms);
        if (pending) end();
        else cut = end;
      }),
    wake: () => {
      pending = true;
      cut?.();
    },
  };
}
