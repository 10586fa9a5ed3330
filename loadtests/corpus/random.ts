/*
 * Seeded randomness, so that the same seed gives the same corpus and the same schedule on every machine. Used by
 * Node and by k6: nothing is imported.
 */

/**
 * A 32-bit mix of two numbers (the finaliser of MurmurHash3, public domain). It has no state, so any iteration of
 * any k6 virtual user can ask for its own value without knowing the others.
 */
export function mix32(seed: number, n: number): number {
  let h = (seed ^ Math.imul(n + 1, 0x9e3779b1)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A number in [0, 1) that belongs to (seed, n). */
export function unit(seed: number, n: number): number {
  return mix32(seed, n) / 0x1_0000_0000;
}

/** A stream of numbers in [0, 1) from a seed. */
export function stream(seed: number): () => number {
  let n = 0;
  return () => unit(seed, n++);
}
