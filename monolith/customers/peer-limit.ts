import type { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { RateLimiterRes } from "rate-limiter-flexible";

/** How long a limit counts. */
export const WINDOW_S = 15 * 60;

/** Runs `counted`; past its limit throws `refusal`, after `retryAfterS` was told when the next may come. */
export async function within(
  counted: () => Promise<void>,
  refusal: () => BanyanError,
  retryAfterS: (seconds: number) => void,
): Promise<void> {
  try {
    await counted();
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    retryAfterS(Math.max(1, Math.ceil(refused.msBeforeNext / 1000)));
    throw refusal();
  }
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
