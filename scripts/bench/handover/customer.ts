import { setTimeout as delay } from "node:timers/promises";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Side } from "@banyan/contracts/http/headers.ts";
import { MisdirectedError } from "@banyan/platform/handover/write/misdirected.ts";
import { nextTry, type Try } from "@banyan/proxy/hold/next-try.ts";
import type { BenchSide } from "./sides.ts";
import { writeNotes } from "./write.ts";

/** The first write that a new owner took. */
export interface Taken {
  readonly by: Side;
  readonly atMs: number;
  /** Since the last write that the old owner took: as long as that, nobody took any. */
  readonly pauseMs: number;
}

/** Far longer than any pause: a bound for a slot that nobody takes over. */
const BOUND_MS = 60_000;

/**
 * Somebody who writes to one slot, again and again, while it moves; a write that a side refuses is sent again where and
 * when the proxy would (proxy/hold), each with a key of its own.
 */
export class Customer {
  readonly slot: number;
  readonly #sides: Readonly<Record<Side, BenchSide>>;
  readonly #thinkMs: number;
  #owner: Side = "monolith";
  #lastMs = performance.now();
  #written = 0;
  #onTaken: ((taken: Taken) => void) | undefined;

  constructor(slot: number, sides: Readonly<Record<Side, BenchSide>>, thinkMs: number) {
    this.slot = slot;
    this.#sides = sides;
    this.#thinkMs = thinkMs;
  }

  /** Writes that a side has taken. */
  get written(): number {
    return this.#written;
  }

  /** The side that took the last write. */
  get owner(): Side {
    return this.#owner;
  }

  /** Resolves with the first write that another side takes. */
  takenNext(): Promise<Taken> {
    return new Promise((resolve) => {
      this.#onTaken = resolve;
    });
  }

  /** Writes until the signal. @throws BYN-CLI-018 when no side takes a write; what a write throws */
  async writeUntil(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const by = await this.#write();
      const atMs = performance.now();
      this.#written += 1;
      if (by !== this.#owner) this.#onTaken?.({ by, atMs, pauseMs: atMs - this.#lastMs });
      this.#owner = by;
      this.#lastMs = atMs;
      await delay(this.#thinkMs);
    }
  }

  /** One write; answers the side that took it. */
  async #write(): Promise<Side> {
    const tries: Try[] = [];
    let firstRefusedMs: number | undefined;
    for (;;) {
      const heldMs = firstRefusedMs === undefined ? 0 : performance.now() - firstRefusedMs;
      const random = Math.random();
      const next = nextTry({ first: this.#owner, tries, heldMs, boundMs: BOUND_MS, random });
      if (next.do === "refuse")
        throw new BanyanError("BYN-CLI-018", `no side took a write to slot ${this.slot} in ${BOUND_MS} ms`);
      if (next.do === "wait") await delay(next.ms);
      try {
        await writeNotes(this.#sides[next.side].web, "keyed", this.slot);
        return next.side;
      } catch (error) {
        if (!(error instanceof MisdirectedError) || error.misdirected.reason !== "not-owner") throw error;
        firstRefusedMs ??= performance.now();
        tries.push({ side: next.side, said: error.misdirected, believed: true });
      }
    }
  }
}
