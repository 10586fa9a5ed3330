import { Random } from "@banyan/evidence/simulate/random.ts";
import { ARMS, type Arm, KINDS, type Kind } from "./kinds.ts";

/**
 * In which order the arms take their turns: each kind of each round has an order of its own, so that none is always
 * the one that comes after a certain other, and the same seed gives the same order.
 */
export function turnsOf(
  seed: string,
  round: number,
): readonly { readonly kind: Kind; readonly arms: readonly Arm[] }[] {
  const random = new Random(`${seed} ${round}`);
  return shuffled(KINDS, random).map((kind) => ({ kind, arms: shuffled(ARMS, random) }));
}

/** Fisher and Yates' shuffle (Knuth, The Art of Computer Programming 2, §3.4.2, algorithm P). */
export function shuffled<T>(values: readonly T[], random: Random): T[] {
  const left = [...values];
  const out: T[] = [];
  while (left.length > 0) out.push(...left.splice(Math.floor(random.uniform() * left.length), 1));
  return out;
}
