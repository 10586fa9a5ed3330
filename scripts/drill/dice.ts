import { Random } from "@banyan/evidence/simulate/random.ts";

/** The drill's choices: who has the same seed and name makes the same ones. */
export class Dice {
  readonly #random: Random;

  constructor(seed: number, name: string) {
    this.#random = new Random(`${seed} ${name}`);
  }

  /** In (0, 1). */
  readonly uniform = (): number => this.#random.uniform();

  chance(ratio: number): boolean {
    return this.uniform() < ratio;
  }

  /** 1…n */
  upTo(n: number): number {
    return 1 + Math.floor(this.uniform() * n);
  }

  /** @throws RangeError when there is nothing to pick from */
  pick<T>(of: readonly T[]): T {
    const picked = of[Math.floor(this.uniform() * of.length)];
    if (picked === undefined) throw new RangeError("nothing to pick from");
    return picked;
  }

  shuffled<T>(all: readonly T[]): T[] {
    const left = [...all];
    const order: T[] = [];
    while (left.length > 0) order.push(...left.splice(this.upTo(left.length) - 1, 1));
    return order;
  }
}
