import type { Phase, Plan } from "./observation.ts";

/** What of a plan says which part of a run a moment belongs to. */
type Layout = Pick<Plan, "warmUpMs" | "blockMs" | "soloEvery">;

/** The block of a moment, from 0; below 0 in the warm-up. `startMs` counts from the run's start. */
export function blockAt(startMs: number, { warmUpMs, blockMs }: Layout): number {
  return Math.floor((startMs - warmUpMs) / blockMs);
}

export function phaseOf(block: number, { soloEvery }: Pick<Plan, "soloEvery">): Phase {
  if (block < 0) return "warmup";
  return block % soloEvery === 0 ? "solo" : "duet";
}

/** The numbers of the blocks of one phase in the first `lookMs` after the warm-up, ascending. */
export function blocksOf(phase: "solo" | "duet", plan: Layout, lookMs: number): number[] {
  const count = Math.floor(lookMs / plan.blockMs);
  return Array.from({ length: count }, (_, block) => block).filter((block) => phaseOf(block, plan) === phase);
}
