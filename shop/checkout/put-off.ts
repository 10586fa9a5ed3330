const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** Far longer than one look takes. */
const FORGOTTEN_MS = 3_600_000;

/**
 * Which orders are not tried again yet: one that failed waits a second, then twice as long each time, a minute at most. One
 * that is not tried again when it is due has been finished elsewhere, and is forgotten in time.
 */
export class PutOff {
  readonly #orders = new Map<string, { readonly waitMs: number; readonly untilMs: number }>();

  /** The ids of those that are not due at that moment. */
  until(nowMs: number): readonly string[] {
    for (const [id, { untilMs }] of this.#orders) if (nowMs - untilMs > FORGOTTEN_MS) this.#orders.delete(id);
    return [...this.#orders].filter(([, { untilMs }]) => untilMs > nowMs).map(([id]) => id);
  }

  /** It failed at that moment. */
  again(id: string, nowMs: number): void {
    const before = this.#orders.get(id)?.waitMs;
    const waitMs = before === undefined ? FIRST_MS : Math.min(2 * before, LONGEST_MS);
    this.#orders.set(id, { waitMs, untilMs: nowMs + waitMs });
  }

  /** It is finished, here or elsewhere. */
  forget(id: string): void {
    this.#orders.delete(id);
  }
}
