import { median } from "@banyan/evidence/statistics/quantile.ts";
import { ARM_WORDS, ARMS, KIND_WORDS, KINDS } from "./kinds.ts";
import type { Reading } from "./results.ts";

/** A generator that takes this much of its core may be what limits. */
const GENERATOR_BUSY = 0.9;
/** A target below this at saturation was held back by something else. */
const TARGET_BUSY = 0.9;
const OTHERS_BUSY = 0.1;

export interface Trouble {
  /** Share of the whole machine that processes took which are not of the bench. */
  readonly othersRatio: number;
  /** Requests of the fixed rate that could not be sent when due. */
  readonly dropped: number;
  /** Turns in which no answer came at all, and which were taken again. */
  readonly stalls: number;
}

/** What makes the figures less than they seem, in words; nothing is a clean run. */
export function doubtsOf(readings: readonly Reading[], { othersRatio, dropped, stalls }: Trouble): string[] {
  const doubts = KINDS.flatMap((kind) =>
    ARMS.flatMap((arm) => {
      const mine = readings.filter((reading) => reading.kind === kind && reading.arm === arm);
      if (mine.length === 0) return [];
      const generator = median(mine.map((reading) => reading.generatorCoreRatio));
      const target = median(mine.map((reading) => reading.targetCoreRatio));
      const what = `${ARM_WORDS[arm]}, ${KIND_WORDS[kind]}`;
      if (generator >= GENERATOR_BUSY)
        return [
          `${what}: the load generator took ${percent(generator)} of a core, so its requests/s are a lower bound.`,
        ];
      // Where others took the cores, that is the something; it is said once, below.
      if (target < TARGET_BUSY && othersRatio <= OTHERS_BUSY)
        return [
          `${what}: at its highest load it took ${percent(target)} of a core, so something else held it back.`,
        ];
      return [];
    }),
  );
  if (othersRatio > OTHERS_BUSY)
    doubts.push(
      `Other processes took ${percent(othersRatio)} of the machine meanwhile: do it again when it is quiet.`,
    );
  if (dropped > 0) doubts.push(`${dropped} requests of the fixed rate could not be sent when they were due.`);
  if (stalls > 0) doubts.push(`In ${stalls} turns no answer came at all; they were taken again.`);
  return doubts;
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
