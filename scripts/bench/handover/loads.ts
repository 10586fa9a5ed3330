/** How a transaction writes: by itself, under the guard of its slot, and under it with an `Idempotency-Key`. */
export const ARMS = ["plain", "guarded", "keyed"] as const;
export type Arm = (typeof ARMS)[number];

export const ARM_WORDS: Readonly<Record<Arm, string>> = {
  plain: "unguarded",
  guarded: "guarded",
  keyed: "guarded, with a key",
};

export const LOADS = ["one", "spread", "same", "larger"] as const;
export type Load = (typeof LOADS)[number];

export const LOAD_WORDS: Readonly<Record<Load, string>> = {
  one: "1 writer",
  spread: "8 writers, 8 slots",
  same: "8 writers, 1 slot",
  larger: "8 writers, 8 slots, 8 inserts each",
};

/** The slot of each writer. */
export const WRITERS: Readonly<Record<Load, readonly number[]>> = {
  one: [1],
  spread: [1, 2, 3, 4, 5, 6, 7, 8],
  same: [1, 1, 1, 1, 1, 1, 1, 1],
  larger: [1, 2, 3, 4, 5, 6, 7, 8],
};

/** Business statements of one write. */
export const INSERTS: Readonly<Record<Load, number>> = { one: 1, spread: 1, same: 1, larger: 8 };
