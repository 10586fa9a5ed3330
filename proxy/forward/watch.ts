/** What `Watch` looks after. */
export interface Watched {
  /** Where it stands among the watched; the watch's own to write. */
  watchPlace: number;
  /** Called every LOOK_MS at least, as long as it is watched. */
  look(nowMs: number): void;
  /** Told what `look` threw: one request's trouble must not end the process. */
  failed(cause: unknown): void;
}

/** Deadlines are kept to within this. */
const LOOK_MS = 100;

/**
 * One timer for the deadlines of all requests: setting and clearing three for each of them costs more than looking at
 * those in flight now and then. It stands still while there is nothing to look at.
 */
export class Watch {
  /**
   * A list, where the last one takes the place of one that leaves. A Set would be rebuilt every few requests, and V8
   * chains the tables that it leaves behind: once one of them is old, every request that stood in a later one outlives
   * the collections of young memory.
   */
  readonly #watched: Watched[] = [];
  /** A clock that never goes back. */
  readonly nowMs: () => number;
  /** Other things to do at each look; false when there is no more of that. */
  readonly #alsoBusy: () => boolean;
  #timer: NodeJS.Timeout | undefined;

  constructor(nowMs: () => number, alsoBusy: () => boolean) {
    this.nowMs = nowMs;
    this.#alsoBusy = alsoBusy;
  }

  add(one: Watched): void {
    one.watchPlace = this.#watched.push(one) - 1;
    // It keeps no process alive: sockets do that.
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  delete(one: Watched): void {
    const last = this.#watched.at(-1);
    if (last === undefined || this.#watched[one.watchPlace] !== one) return;
    this.#watched[one.watchPlace] = last;
    last.watchPlace = one.watchPlace;
    this.#watched.pop();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const nowMs = this.nowMs();
    // From the end, so that whoever takes the place of one that leaves has been looked at.
    for (let i = this.#watched.length - 1; i >= 0; i--) {
      const one = this.#watched[i];
      if (one === undefined) continue;
      try {
        one.look(nowMs);
      } catch (cause) {
        this.delete(one);
        one.failed(cause);
      }
    }
    const busy = this.#alsoBusy();
    if (this.#watched.length === 0 && !busy) this.close();
  }
}
