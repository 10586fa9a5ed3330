/**
 * Φ(x), the standard normal distribution. Marsaglia (2004, Journal of Statistical Software 11:4):
 * ½ + φ(x)·(x + x³/3 + x⁵/(3·5) + …). Absolute error under 1e-15 for |x| ≤ 7; clipped to 0 and 1 beyond,
 * where no level of ours reaches.
 */
export function normalCdf(x: number): number {
  if (x < -7) return 0;
  if (x > 7) return 1;
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > Math.abs(sum) * 1e-17; odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

const known = new Map<number, number>();

/** The z above which a share `tail` of the standard normal lies: 1.645 for 0.05. By bisection, then remembered. */
export function upperNormal(tail: number): number {
  const before = known.get(tail);
  if (before !== undefined) return before;
  let low = -7;
  let high = 7;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    // Φ(−x) keeps its digits in the upper tail, 1 − Φ(x) does not.
    if (normalCdf(-middle) > tail) low = middle;
    else high = middle;
  }
  const z = (low + high) / 2;
  known.set(tail, z);
  return z;
}
