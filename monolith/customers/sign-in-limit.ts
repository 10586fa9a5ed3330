import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { networkOf, WINDOW_S, within } from "./peer-limit.ts";

/** An account's owner mistypes a few times; a guesser needs thousands (OWASP Authentication Cheat Sheet). */
const FAILURES_PER_EMAIL_AND_PEER = 10;
/**
 * Of an account from everywhere: the bound on guessing from many networks at once. It is loose, since whoever reaches it
 * locks the owner out too: with it that takes ten networks, and not ten wrong passwords of one stranger.
 */
const FAILURES_PER_EMAIL = 100;
/** An office behind one address has many people. */
const FAILURES_PER_PEER = 100;

/** Counts sign-ins that failed, by e-mail and peer together, by peer, and by e-mail, in this process. */
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
  limits: { readonly perEmailAndPeer: number; readonly perEmail: number; readonly perPeer: number } = {
    perEmailAndPeer: FAILURES_PER_EMAIL_AND_PEER,
    perEmail: FAILURES_PER_EMAIL,
    perPeer: FAILURES_PER_PEER,
  },
): SignInLimit {
  const byPeer = new RateLimiterMemory({ points: limits.perPeer, duration: WINDOW_S });
  const byBoth = new RateLimiterMemory({ points: limits.perEmailAndPeer, duration: WINDOW_S });
  const byEmail = new RateLimiterMemory({ points: limits.perEmail, duration: WINDOW_S });
  return {
    attempt: ({ email, peer }, retryAfterS) =>
      within(
        async () => {
          // The peer first: past its limit it fills no memory with e-mails. The account last: what was refused before
          // is no guess, and does not bring its owner nearer to the bound.
          await byPeer.consume(networkOf(peer));
          await byBoth.consume(bothOf({ email, peer }));
          await byEmail.consume(email);
        },
        () => new BanyanError("BYN-SHOP-019", "too many sign-ins failed; wait before the next"),
        retryAfterS,
      ),
    succeeded: async ({ email, peer }) => {
      await byPeer.reward(networkOf(peer));
      const both = bothOf({ email, peer });
      // Only the attempts of this network: what others guessed elsewhere still counts.
      const own = (await byBoth.get(both))?.consumedPoints ?? 1;
      await byBoth.delete(both);
      await byEmail.reward(email, own);
    },
    notJudged: async ({ email, peer }) => {
      await byPeer.reward(networkOf(peer));
      await byBoth.reward(bothOf({ email, peer }));
      await byEmail.reward(email);
    },
  };
}

/** A network holds no space, so that no two pairs are one text. */
function bothOf({ email, peer }: Attempt): string {
  return `${networkOf(peer)} ${email}`;
}
