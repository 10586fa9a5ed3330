import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { networkOf, WINDOW_S, within } from "./peer-limit.ts";

/** An office behind one address has many people; each costs a hash, which is made to be dear. */
const SIGN_UPS_PER_PEER = 100;

/** Counts sign-ups by peer, in this process. */
export interface SignUpLimit {
  /**
   * Counts an attempt, before its password is hashed. Past the limit it is BYN-SHOP-026; `retryAfterS` is told first.
   * `peer` is the address that the request came from.
   */
  attempt(peer: string, retryAfterS: (seconds: number) => void): Promise<void>;
}

export function createSignUpLimit(perPeer = SIGN_UPS_PER_PEER): SignUpLimit {
  const byPeer = new RateLimiterMemory({ points: perPeer, duration: WINDOW_S });
  return {
    attempt: (peer, retryAfterS) =>
      within(
        async () => void (await byPeer.consume(networkOf(peer))),
        () => new BanyanError("BYN-SHOP-026", "too many new accounts; wait before the next"),
        retryAfterS,
      ),
  };
}
