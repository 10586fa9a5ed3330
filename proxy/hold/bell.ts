/** What a held request waits for, besides its turn. */
export interface Waiting {
  readonly capability: string;
  /** Undefined while nobody has named one. */
  readonly slot: number | undefined;
  /** How often the slot's bell had rung before the last sending: what rang since then is not slept through. */
  readonly since: number;
  /** Given when the client is gone. */
  readonly left: AbortSignal;
}

/** Wakes the requests that wait for a slot's owner when something was heard of it. */
export class Bell {
  readonly #waiting = new Map<string, Set<() => void>>();
  /** One for each slot that was ever announced. */
  readonly #rings = new Map<string, number>();

  rings(capability: string, slot: number | undefined): number {
    return this.#rings.get(nameOf(capability, slot)) ?? 0;
  }

  /** Resolves after that time, or at once when the slot's bell rings, or has rung, or the client leaves. */
  pause(ms: number, { capability, slot, since, left }: Waiting): Promise<void> {
    if (this.rings(capability, slot) !== since) return Promise.resolve();
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
    const about = nameOf(capability, slot);
    this.#rings.set(about, this.rings(capability, slot) + 1);
    for (const wake of [...(this.#waiting.get(about) ?? [])]) wake();
  }
}

function nameOf(capability: string, slot: number | undefined): string {
  return `${capability}/${slot ?? ""}`;
}
