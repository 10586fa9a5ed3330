/*
 * A run in which the shop is left alone and disturbed by turns. Each disturbed block stands between two quiet ones, so
 * that a machine that gets slower or faster during the run does so for both.
 */

export interface Block<Kind extends string = string> {
  readonly kind: Kind | "quiet";
  /** Counted from the start of the run. */
  readonly startMs: number;
  readonly endMs: number;
}

export interface BlockPlan<Kind extends string> {
  readonly kinds: readonly Kind[];
  readonly rounds: number;
  readonly blockMs: number;
  /** What comes before is warm-up and in no block. */
  readonly fromMs: number;
}

/** Quiet, disturbed, quiet, disturbed, …, quiet. Kinds change their order with each round. */
export function planBlocks<Kind extends string>({
  kinds,
  rounds,
  blockMs,
  fromMs,
}: BlockPlan<Kind>): Block<Kind>[] {
  const order: (Kind | "quiet")[] = ["quiet"];
  for (let round = 0; round < rounds; round++) {
    for (let k = 0; k < kinds.length; k++) {
      const kind = kinds[(round + k) % kinds.length];
      if (kind !== undefined) order.push(kind, "quiet");
    }
  }
  return order.map((kind, n) => ({
    kind,
    startMs: fromMs + n * blockMs,
    endMs: fromMs + (n + 1) * blockMs,
  }));
}
