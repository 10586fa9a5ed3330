/**
 * A seeded generator (sfc32, of PractRand's author Chris Doty-Humphrey) with the few distributions that the simulated
 * worlds need. The same seed gives the same world on every machine.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spare: number | undefined;

  /** @param seed any text; equal texts give equal sequences */
  constructor(seed: string) {
    // FNV-1a spreads the text over the state; the first numbers are thrown away as sfc32 asks for.
    let hash = 0x811c9dc5;
    const word = () => {
      for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
      return hash >>> 0;
    };
    this.#a = word();
    this.#b = word();
    this.#c = word();
    for (let i = 0; i < 12; i++) this.uniform();
  }

  /** In (0, 1), never an end: its logarithm is always finite. */
  uniform(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return ((sum >>> 0) + 0.5) / 2 ** 32;
  }

  exponential(): number {
    return -Math.log(this.uniform());
  }

  /** Standard normal by Box & Muller (1958); the second of each pair is kept. */
  normal(): number {
    const spare = this.#spare;
    if (spare !== undefined) {
      this.#spare = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Gamma of a shape ≥ 1, by Marsaglia & Tsang (2000). */
  gamma(shape: number): number {
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(this.uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  beta(first: number, second: number): number {
    const x = this.gamma(first);
    return x / (x + this.gamma(second));
  }

  /** How many of n happen at a small chance each, exactly binomial: it leaps from one to the next. */
  binomial(n: number, chance: number): number {
    if (chance <= 0) return 0;
    if (chance >= 1) return n;
    let count = 0;
    let at = 0;
    for (;;) {
      at += Math.floor(-this.exponential() / Math.log1p(-chance)) + 1;
      if (at > n) return count;
      count++;
    }
  }
}
