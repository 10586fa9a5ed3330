import type { IncomingMessage, ServerResponse } from "node:http";
import type { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { isOurs } from "./answer.ts";
import { trailersOf } from "./trailers.ts";
import { upstreamError } from "./upstream-error.ts";

/**
 * Carries an answer's body and trailers to the client, at the client's pace. What comes in one turn of the event loop
 * goes out in one write, header included; nothing is held longer than that.
 */
export class Delivery {
  bytes = 0;
  readonly #from: IncomingMessage;
  readonly #response: ServerResponse;
  #bytesSeen = 0;
  #waitingSeen = 0;
  #movedAtMs: number | undefined;

  constructor(from: IncomingMessage, response: ServerResponse, fail: (error: BanyanError) => void) {
    this.#from = from;
    this.#response = response;
    const brokenOff = () => {
      if (!from.complete) fail(upstreamError(undefined, true));
    };
    from.on("error", brokenOff);
    from.on("close", brokenOff);
    from.on("data", (chunk: Buffer) => {
      this.bytes += chunk.length;
      if (response.write(chunk)) return;
      from.pause();
      response.once("drain", () => from.resume());
    });
    from.on("end", () => {
      try {
        if (from.rawTrailers.length > 0)
          response.addTrailers(trailersOf(from.rawTrailers, (name) => !isOurs(name)));
        response.end();
      } catch (error) {
        fail(upstreamError(error, true));
      }
    });
    // Chunks and their end are gathered for the rest of this turn. An event stream or a long poll may then be silent
    // for long: let the client see that it began.
    if (from.headers["content-length"] === undefined) {
      response.cork();
      setImmediate(() => this.#letGo());
    }
  }

  /** All of it came from the upstream, whose connection serves others now. */
  isReceived(): boolean {
    return this.#from.complete;
  }

  waitsForClient(): boolean {
    return this.#response.writableNeedDrain || this.#from.complete;
  }

  /** How long nothing has moved, neither from the upstream nor to the client. */
  stillMs(nowMs: number): number {
    const waiting = this.#response.writableLength;
    if (this.#movedAtMs === undefined || this.bytes !== this.#bytesSeen || waiting !== this.#waitingSeen) {
      this.#bytesSeen = this.bytes;
      this.#waitingSeen = waiting;
      this.#movedAtMs = nowMs;
      // A header whose body is long in coming need not wait for it.
      if (this.bytes === 0 && !this.#response.writableEnded) this.#response.flushHeaders();
    }
    return nowMs - this.#movedAtMs;
  }

  #letGo(): void {
    if (this.#response.writableEnded) return;
    this.#response.uncork();
    if (this.bytes === 0) this.#response.flushHeaders();
  }
}
