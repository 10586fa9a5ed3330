/** Arm a in one solo block, and in the duet's blocks right before and after it. */
export interface Solo {
  readonly aloneMs: number;
  /** Geometric mean of one or two blocks. */
  readonly besideMs: number;
}

/**
 * Sets each solo block beside its neighbours. A machine's speed wanders within a minute by more than what is looked
 * for, but hardly from one block to the next.
 *
 * @param alone p50 of arm a by block, for the solo blocks that are usable
 * @param beside the same for the duet's blocks
 */
export function soloOf(alone: ReadonlyMap<number, number>, beside: ReadonlyMap<number, number>): Solo[] {
  return [...alone].flatMap(([block, aloneMs]) => {
    const neighbours = [beside.get(block - 1), beside.get(block + 1)].filter((ms) => ms !== undefined);
    if (neighbours.length === 0) return [];
    const sum = neighbours.reduce((total, ms) => total + Math.log(ms), 0);
    return { aloneMs, besideMs: Math.exp(sum / neighbours.length) };
  });
}
