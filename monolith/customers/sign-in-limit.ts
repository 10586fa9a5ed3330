import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

const WINDOW_S = 15 * 60;
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
    attempt: async ({ email, peer }, retryAfterS) => {
      try {
        // The peer first: past its limit it fills no memory with e-mails.
        await byPeer.consume(networkOf(peer));
        await byEmail.consume(email);
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        retryAfterS(Math.max(1, Math.ceil(refused.msBeforeNext / 1000)));
        throw new BanyanError("BYN-SHOP-019", "too many sign-ins failed; wait before the next");
      }
    },
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

/** An IPv6 peer is its /64: who has one address of it has all of them (RFC 6177). */
export function networkOf(peer: string): string {
  if (!peer.includes(":") || /^::ffff:[\d.]+$/i.test(peer)) return peer;
  const [head = "", tail] = (peer.split("%")[0] ?? "").split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const left = groups(head);
  const right = groups(tail ?? "");
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const all = [...left, ...Array<string>(Math.max(0, zeros)).fill("0"), ...right];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
