/** What a held request waits for, besides its turn. */
export interface Waiting {
  readonly capability: string;
  /** Undefined while nobody has named one. */
  readonly slot: number | undefined;
  /** Given when the client is gone. */
  readonly left: AbortSignal;
}

/** Wakes the requests that wait for a slot's owner when something was heard of it. */
export class Bell {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Resolves after that time, or at once when the slot's bell rings or the client leaves. */
  pause(ms: number, { capability, slot, left }: Waiting): Promise<void> {
    return new Promise((resolve) => {
      const about = nameOf(capability, slot);
      const waiting = this.#waiting.get(about) ?? new Set();
      this.#waiting.set(about, waiting);
      const end = () => {
        clearTimeout(timer);
        left.removeEventListener("abort", end);
        waiting.delete(end);
        if (waiting.size === 0 && this.#waiting.get(about) === waiting) this.#waiting.delete(about);
        resolve();
      };
      const timer = setTimeout(end, ms);
      waiting.add(end);
      left.addEventListener("abort", end);
    });
  }

  ring(capability: string, slot: number): void {
    for (const wake of [...(this.#waiting.get(nameOf(capability, slot)) ?? [])]) wake();
  }
}

function nameOf(capability: string, slot: number | undefined): string {
  return `${capability}/${slot ?? ""}`;
}
