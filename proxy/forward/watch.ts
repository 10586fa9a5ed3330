/** What `Watch` looks after. */
export interface Watched {
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
  readonly #watched = new Set<Watched>();
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
    this.#watched.add(one);
    // It keeps no process alive: sockets do that.
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  delete(one: Watched): void {
    this.#watched.delete(one);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const nowMs = this.nowMs();
    for (const one of this.#watched) {
      try {
        one.look(nowMs);
      } catch (cause) {
        this.#watched.delete(one);
        one.failed(cause);
      }
    }
    const busy = this.#alsoBusy();
    if (this.#watched.size === 0 && !busy) this.close();
  }
}
