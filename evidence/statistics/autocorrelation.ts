/**
 * The sample autocorrelation at lag 1: Σ(xᵢ−x̄)(xᵢ₊₁−x̄) / Σ(xᵢ−x̄)² (Box & Jenkins, Time Series Analysis §2.1).
 * 0 for values without variance. Always under cos(π/(n+1)), and so under 1.
 */
export function lag1(values: readonly number[]): number {
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  let products = 0;
  let squares = 0;
  let previous = 0;
  values.forEach((x, i) => {
    const deviation = x - mean;
    if (i > 0) products += previous * deviation;
    squares += deviation * deviation;
    previous = deviation;
  });
  // Equal values leave a rounding residue that would look like perfect correlation.
  return squares > n * (1e-12 * mean) ** 2 && squares > 0 ? products / squares : 0;
}

/**
 * ρ as the interval uses it, in [0, 0.99]. Never under 0: a dozen blocks of independent noise show ρ around −1/n by
 * construction, and to narrow an interval by such luck would make false passes. Never 1, where the factor has no value.
 */
export function clippedLag1(values: readonly number[]): number {
  return Math.min(0.99, Math.max(0, lag1(values)));
}

/**
 * How much wider an interval must be when neighbours correlate by ρ: √((1+ρ)/(1−ρ)), the ratio of standard errors of
 * a first-order autoregressive series to independent values (Bayley & Hammersley 1946).
 */
export function widening(rho: number): number {
  return Math.sqrt((1 + rho) / (1 - rho));
}
