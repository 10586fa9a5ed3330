import { LRUCache } from "lru-cache";
import type { Answer } from "./answer.ts";

/** Makes the answer of a key; undefined when there is nothing at it (never kept). */
export type MakeAnswer = () => Promise<Answer | undefined>;

export interface AnswerCacheFigures {
  readonly on: boolean;
  readonly entries: number;
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly drops: number;
}

/**
 * Ready answers by normalised request. It may only be on while every change of the data is heard of (applied.ts):
 * it starts off, and off it neither keeps nor shares anything.
 */
export interface AnswerCache {
  /** The kept answer, the one being made just now (a stampede is one query), or a new one. */
  answer(key: string, make: MakeAnswer): Promise<Answer | undefined>;
  /** The data has changed: nothing that was read before now is answered to anyone who asks from now on. */
  drop(): void;
  turn(state: "on" | "off"): void;
  figures(): AnswerCacheFigures;
}

/** What lru-cache and V8 take for an entry besides its body and key, roughly. */
const ENTRY_OVERHEAD_BYTES = 400;

/** Bounded by entries and by bytes; the least recently asked for goes first. */
export function createAnswerCache(bounds: { maxEntries: number; maxBytes: number }): AnswerCache {
  const kept = new LRUCache<string, Answer>({
    max: bounds.maxEntries,
    maxSize: bounds.maxBytes,
    sizeCalculation: ({ body }, key) => body.length + 2 * key.length + ENTRY_OVERHEAD_BYTES,
  });
  const underWay = new Map<string, Promise<Answer | undefined>>();
  // One more with every drop. An answer that was begun under an earlier generation may have read what is gone now:
  // it is given to those who waited for it, and kept for nobody.
  let generation = 0;
  let on = false;
  let hits = 0;
  let misses = 0;
  let drops = 0;

  const drop = (): void => {
    generation += 1;
    drops += 1;
    kept.clear();
    underWay.clear();
  };

  const made = async (key: string, make: MakeAnswer): Promise<Answer | undefined> => {
    const begunUnder = generation;
    try {
      const answer = await make();
      if (answer !== undefined && begunUnder === generation) kept.set(key, answer);
      return answer;
    } finally {
      // After a drop the place may be another's.
      if (begunUnder === generation) underWay.delete(key);
    }
  };

  return {
    answer: async (key, make) => {
      if (!on) return make();
      const answer = kept.get(key);
      if (answer !== undefined) {
        hits += 1;
        return answer;
      }
      misses += 1;
      const running = underWay.get(key);
      if (running !== undefined) return running;
      const begun = made(key, make);
      underWay.set(key, begun);
      return begun;
    },
    drop,
    turn: (state) => {
      on = state === "on";
      drop();
    },
    figures: () => ({ on, entries: kept.size, bytes: kept.calculatedSize, hits, misses, drops }),
  };
}
