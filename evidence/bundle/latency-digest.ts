import * as z from "zod";

/** Bins grow by 2 %, so that a quantile read from a digest is within 1 % of a measured value. */
const GROWTH = 1.02;

/**
 * A histogram of durations with bins of equal *relative* width: bin i holds values in (γ^(i−1), γ^i] µs, as in
 * DDSketch (Masson, Rim, Lee, VLDB 2019, §2). A run of any length takes some hundred numbers.
 */
export const latencyDigestSchema = z.strictObject({
  n: z.int().nonnegative(),
  minMs: z.number().nonnegative(),
  maxMs: z.number().nonnegative(),
  /** [bin, count], ascending, no empty ones. */
  bins: z
    .array(z.tuple([z.int().nonnegative(), z.int().positive()]))
    .max(2_000)
    .readonly(),
});
export type LatencyDigest = z.infer<typeof latencyDigestSchema>;

/** @param valuesMs durations in milliseconds; what is below a microsecond counts as nothing */
export function digestOf(valuesMs: Iterable<number>): LatencyDigest {
  const counts = new Map<number, number>();
  let n = 0;
  let minMs = Number.POSITIVE_INFINITY;
  let maxMs = 0;
  for (const raw of valuesMs) {
    const valueMs = Math.max(0, raw);
    const bin = binOf(valueMs);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
    n += 1;
    minMs = Math.min(minMs, valueMs);
    maxMs = Math.max(maxMs, valueMs);
  }
  const bins = [...counts].sort(([a], [b]) => a - b);
  return { n, minMs: n === 0 ? 0 : minMs, maxMs, bins };
}

/** The q-quantile (0…1) in milliseconds, within 1 %; null of an empty digest. */
export function digestQuantileMs(digest: LatencyDigest, q: number): number | null {
  if (digest.n === 0) return null;
  const rank = q * (digest.n - 1);
  let seen = 0;
  for (const [bin, count] of digest.bins) {
    seen += count;
    if (seen > rank) return Math.min(digest.maxMs, Math.max(digest.minMs, middleMs(bin)));
  }
  return digest.maxMs;
}

function binOf(valueMs: number): number {
  const us = valueMs * 1_000;
  return us <= 1 ? 0 : Math.ceil(Math.log(us) / Math.log(GROWTH) - 1e-9);
}

/** The value whose relative distance to both ends of the bin is the same. */
function middleMs(bin: number): number {
  return bin === 0 ? 0 : (2 * GROWTH ** bin) / (GROWTH + 1) / 1_000;
}
