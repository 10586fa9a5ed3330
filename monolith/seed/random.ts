/** A stream of pseudo-random numbers that is the same for the same seed, on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [from, to]. */
  between(from: number, to: number): number;
  /** One of `items`, all equally likely. */
  pick<T>(items: readonly T[]): T;
  /** All of `items` in another order (Fisher–Yates). */
  shuffled<T>(items: readonly T[]): T[];
  bytes(count: number): Uint8Array;
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, plenty for demo data, never for secrets. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  const pick = <T>(items: readonly T[]): T => {
    const found = items[between(0, items.length - 1)];
    if (found === undefined) throw new RangeError("nothing to pick from");
    return found;
  };
  const shuffled = <T>(items: readonly T[]): T[] => {
    const rest = [...items];
    const order: T[] = [];
    while (rest.length > 0) order.push(...rest.splice(between(0, rest.length - 1), 1));
    return order;
  };
  return {
    next,
    between,
    pick,
    shuffled,
    bytes: (count) => Uint8Array.from({ length: count }, () => between(0, 255)),
  };
}
