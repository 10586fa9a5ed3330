import type { Arm } from "@banyan/evidence/duet/observation.ts";
import type { WrongAnswers } from "./options.ts";

const SHOWN = 10;

/** Counts wrong answers by arm and kind, and keeps the first few to show. */
export class WrongTally {
  readonly #counts: Record<Arm, Record<string, number>> = { a: {}, b: {} };
  readonly #examples: { arm: Arm; path: string; wrong: string }[] = [];

  add(arm: Arm, path: string, wrong: string): void {
    this.#counts[arm][wrong] = (this.#counts[arm][wrong] ?? 0) + 1;
    if (this.#examples.length < SHOWN) this.#examples.push({ arm, path, wrong });
  }

  get result(): WrongAnswers {
    return { counts: this.#counts, examples: this.#examples };
  }
}
