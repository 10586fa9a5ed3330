import { blocksOf, phaseOf } from "../duet/blocks.ts";
import type { Digest, Pair } from "../duet/digest.ts";
import { ErrorWatch } from "../duet/error-watch.ts";
import type { Plan } from "../duet/observation.ts";
import { type Protocol, planOf } from "../duet/protocol.ts";
import { soloOf } from "../duet/solo.ts";
import { rankOf, sorted } from "../statistics/quantile.ts";
import { type ArmState, type BlockQuantiles, blockQuantiles } from "./block.ts";
import { type Noise, walk } from "./noise.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

/** evidence.md: about 200 requests a second in total. */
export const RATE_PER_SECOND = 200;

/**
 * A duet run in a simulated world, block by block as far as the looks ask for. Its digest goes to the same judge as
 * that of a real run. The instrument is sound: nothing is dropped, late, or served by the wrong side.
 */
export class SimulatedRun {
  readonly #plan: Plan;
  readonly #protocol: Protocol;
  readonly #world: World;
  readonly #noise: Noise;
  readonly #random: Random;
  readonly #machine: Machine;
  readonly #watch = new ErrorWatch();
  readonly #aloneMs = new Map<number, number>();
  readonly #besideMs = new Map<number, number>();
  readonly #a: BlockQuantiles[] = [];
  readonly #b: BlockQuantiles[] = [];
  readonly #bad = { a: 0, b: 0 };
  /** How many blocks there are, of both phases. */
  #block = 0;

  constructor(protocol: Protocol, world: World, noise: Noise, random: Random) {
    this.#plan = planOf(protocol, RATE_PER_SECOND);
    this.#protocol = protocol;
    this.#world = world;
    this.#noise = noise;
    this.#random = random;
    this.#machine = new Machine(noise, random);
  }

  get #perBlock(): number {
    return (RATE_PER_SECOND * this.#protocol.blockMs) / 1000 / 2;
  }

  /** All up to the end of a look; blocks that an earlier look saw stay as they are. */
  digest(look: number): Digest {
    const lookMs = this.#plan.looksMs[look - 1] ?? 0;
    while (this.#block < Math.floor(lookMs / this.#plan.blockMs)) this.#addBlock();
    const blocks = blocksOf("duet", this.#plan, lookMs).length;
    const { mergedBlocks } = this.#protocol.p99;
    const pairs = (of: (q: BlockQuantiles) => number): Pair[] =>
      this.#a.map((inA, i) => ({ aMs: of(inA), bMs: of(this.#b[i] ?? inA) }));
    const wanted = this.#protocol.metrics.includes("p99") ? Math.floor(blocks / mergedBlocks) : 0;
    const merged = Array.from({ length: wanted }, (_, i): Pair => {
      const p99 = (all: BlockQuantiles[]) =>
        mergedP99(all.slice(i * mergedBlocks, (i + 1) * mergedBlocks), this.#perBlock);
      return { aMs: p99(this.#a), bMs: p99(this.#b) };
    });
    const n = blocks * this.#perBlock;
    const counts = { a: { n, bad: this.#bad.a }, b: { n, bad: this.#bad.b } };
    return {
      plan: this.#plan,
      pairs: { p50: pairs((q) => q.p50Ms), p95: pairs((q) => q.p95Ms), p99: merged },
      ...counts,
      eValue: this.#watch.highest,
      // No warm-up is simulated.
      watched: counts,
      solo: soloOf(this.#aloneMs, this.#besideMs),
      routes: [],
      droppedIterations: 0,
      latenessP99Ms: 2,
      wrongSide: 0,
    };
  }

  #addBlock(): void {
    const block = this.#block++;
    const states = this.#machine.nextBlock();
    if (phaseOf(block, this.#plan) === "duet") {
      this.#addDuet(block, states);
      return;
    }
    // Alone, a has the whole rate for itself.
    const alone = { ...states.a, factor: 1, fromQuantile: 0 };
    this.#aloneMs.set(block, blockQuantiles(2 * this.#perBlock, this.#noise, alone, this.#random).p50Ms);
  }

  #addDuet(block: number, { a, b }: ReturnType<Machine["nextBlock"]>): void {
    const { slower, bothSlower, moreErrors } = this.#world;
    const level = Math.log(bothSlower);
    const inA = { level: a.level + level, stretch: a.stretch, factor: 1, fromQuantile: 0 };
    const inB = { level: b.level + level, stretch: b.stretch, ...slower };
    const n = this.#perBlock;
    const quantilesOfA = blockQuantiles(n, this.#noise, inA, this.#random);
    this.#besideMs.set(block, quantilesOfA.p50Ms);
    this.#a.push(quantilesOfA);
    this.#b.push(blockQuantiles(n, this.#noise, inB, this.#random));
    this.#addErrors(
      this.#random.binomial(n, this.#noise.errorShare),
      this.#random.binomial(n, this.#noise.errorShare + moreErrors),
    );
  }

  /** The errors of a block come in random order, as those of a real one do. */
  #addErrors(a: number, b: number): void {
    this.#bad.a += a;
    this.#bad.b += b;
    let [leftA, leftB] = [a, b];
    while (leftA + leftB > 0) {
      if (this.#random.uniform() * (leftA + leftB) < leftB) {
        leftB--;
        this.#watch.errorOn("b");
      } else {
        leftA--;
        this.#watch.errorOn("a");
      }
    }
  }
}

/** The noise of one machine over time: what both arms share, and what each has of its own. */
export class Machine {
  readonly #random: Random;
  readonly #hiccup: Noise["hiccup"];
  readonly #shared: { level: () => number; stretch: () => number };
  readonly #own: Record<"a" | "b", { level: () => number; stretch: () => number }>;

  constructor(noise: Noise, random: Random) {
    const both = (of: Noise["own"]) => ({ level: walk(of.level, random), stretch: walk(of.stretch, random) });
    this.#random = random;
    this.#hiccup = noise.hiccup;
    this.#shared = both(noise.shared);
    this.#own = { a: both(noise.own), b: both(noise.own) };
  }

  nextBlock(): Record<"a" | "b", Pick<ArmState, "level" | "stretch">> {
    const level = this.#shared.level();
    const stretch = this.#shared.stretch();
    const arm = (name: "a" | "b") => ({
      level: level + this.#own[name].level(),
      stretch: stretch + this.#own[name].stretch() + this.#nextHiccup(),
    });
    return { a: arm("a"), b: arm("b") };
  }

  #nextHiccup(): number {
    const { chance, meanStretch } = this.#hiccup;
    return this.#random.uniform() < chance ? meanStretch * this.#random.exponential() : 0;
  }
}

/** The slowest hundredth of merged blocks lies among the slowest twentieth of each. */
function mergedP99(blocks: readonly BlockQuantiles[], perBlock: number): number {
  const n = blocks.length * perBlock;
  const slowest = sorted(blocks.flatMap((q) => q.slowestMs));
  return slowest[slowest.length - 1 - (n - rankOf(n, 0.99))] ?? Number.NaN;
}
