import { upperNormal } from "./normal.ts";

export interface Count {
  readonly n: number;
  readonly bad: number;
}

/**
 * Wilson's score interval (1927) for a share, one-sided at `alpha` at each end. For no trial at all it is [0, 1].
 */
export function wilson({ n, bad }: Count, alpha: number): { lower: number; upper: number } {
  if (n === 0) return { lower: 0, upper: 1 };
  const z = upperNormal(alpha);
  const middle = 2 * bad + z * z;
  const half = z * Math.sqrt(z * z + (4 * bad * (n - bad)) / n);
  const whole = 2 * (n + z * z);
  // Rounding must not push a bound past the share: 0 of n has the lower bound 0, not 1e-19.
  return {
    lower: bad === 0 ? 0 : (middle - half) / whole,
    upper: bad === n ? 1 : (middle + half) / whole,
  };
}

/**
 * share(b) − share(a) with one-sided bounds at `alpha` each: Newcombe's hybrid score interval, method 10 of
 * "Interval estimation for the difference between independent proportions", Statistics in Medicine 17 (1998) 873–890.
 */
export function shareDifference(
  a: Count,
  b: Count,
  alpha: number,
): { difference: number | null; lower: number; upper: number } {
  if (a.n === 0 || b.n === 0) return { difference: null, lower: -1, upper: 1 };
  const shareA = a.bad / a.n;
  const shareB = b.bad / b.n;
  const boundsA = wilson(a, alpha);
  const boundsB = wilson(b, alpha);
  const difference = shareB - shareA;
  return {
    difference,
    lower: difference - Math.hypot(shareB - boundsB.lower, boundsA.upper - shareA),
    upper: difference + Math.hypot(boundsB.upper - shareB, shareA - boundsA.lower),
  };
}
