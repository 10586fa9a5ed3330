import type { Socket } from "node:net";

/** Since when nothing has moved on a connection, seen at each look: cheaper than an event for each chunk. */
export class Progress {
  // Nothing is known before the first look: most requests are over by then.
  #read = -1;
  #written = -1;
  #movedAtMs = 0;

  /** How long nothing has moved, in either direction; zero at the first look. */
  stillMs(socket: Socket, nowMs: number): number {
    const { bytesRead, bytesWritten } = socket;
    if (bytesRead !== this.#read || bytesWritten !== this.#written) {
      this.#read = bytesRead;
      this.#written = bytesWritten;
      this.#movedAtMs = nowMs;
    }
    return nowMs - this.#movedAtMs;
  }
}
