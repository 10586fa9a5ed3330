import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { networkOf, WINDOW_S, within } from "./peer-limit.ts";

/** An account's owner mistypes a few times; a guesser needs thousands (OWASP Authentication Cheat Sheet). */
const FAILURES_PER_EMAIL = 10;
/** An office behind one address has many people. */
const FAILURES_PER_PEER = 100;

/** Counts sign-ins that failed, by e-mail and by peer, in this process. */
export interface SignInLimit {
  /**
   * Counts an attempt before the password is looked at, so that guesses at once are counted too. Past a limit it is
   * BYN-SHOP-019; `retryAfterS` is told first.
   */
  attempt(who: Attempt, retryAfterS: (seconds: number) => void): Promise<void>;
  /** Takes a right one out of the count again. */
  succeeded(who: Attempt): Promise<void>;
  /** Takes an attempt out again that could not be looked at: the database was away, not the password wrong. */
  notJudged(who: Attempt): Promise<void>;
}

export interface Attempt {
  readonly email: string;
  /** The address that the request came from. */
  readonly peer: string;
}

export function createSignInLimit(
  limits: { readonly perEmail: number; readonly perPeer: number } = {
    perEmail: FAILURES_PER_EMAIL,
    perPeer: FAILURES_PER_PEER,
  },
): SignInLimit {
  const byPeer = new RateLimiterMemory({ points: limits.perPeer, duration: WINDOW_S });
  const byEmail = new RateLimiterMemory({ points: limits.perEmail, duration: WINDOW_S });
  return {
    attempt: ({ email, peer }, retryAfterS) =>
      within(
        async () => {
          // The peer first: past its limit it fills no memory with e-mails.
          await byPeer.consume(networkOf(peer));
          await byEmail.consume(email);
        },
        () => new BanyanError("BYN-SHOP-019", "too many sign-ins failed; wait before the next"),
        retryAfterS,
      ),
    succeeded: async ({ email, peer }) => {
      await byPeer.reward(networkOf(peer));
      await byEmail.delete(email);
    },
    notJudged: async ({ email, peer }) => {
      await byPeer.reward(networkOf(peer));
      await byEmail.reward(email);
    },
  };
}
