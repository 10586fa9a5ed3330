import { blockAt, blocksOf, phaseOf } from "@banyan/evidence/duet/blocks.ts";
import type { Arm, Plan, Sample } from "@banyan/evidence/duet/observation.ts";

/** Where a run is, for a progress bar. Times count from the run's start. */
export interface ProgressEvent {
  readonly phase: "waiting" | "recording" | "warm-up" | "solo" | "duet" | "judged";
  readonly elapsedMs: number;
  /** The end of the look under way: the earliest moment at which the run may be over. */
  readonly expectedMs: number;
  /** The look under way, from 1; 0 before the load. */
  readonly look: number;
  /** Whole blocks of the duet so far. */
  readonly blocks: number;
  /** Running p50 of arm b over arm a, for the eye only; null before there is one. */
  readonly p50Ratio: number | null;
  /** Wrong answers so far, warm-up included. */
  readonly errors: Readonly<Record<Arm, number>>;
}

/** Keeps the running figures. The ratio is of the last `WINDOW` requests of each arm, so that it costs little. */
export class RunningFigures {
  readonly #plan: Plan;
  readonly #recent: Record<Arm, number[]> = { a: [], b: [] };
  readonly #errors: Record<Arm, number> = { a: 0, b: 0 };
  #elapsedMs = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  add(sample: Sample): void {
    this.#elapsedMs = Math.max(this.#elapsedMs, sample.startMs);
    if (!sample.ok) this.#errors[sample.arm] += 1;
    if (sample.phase !== "duet") return;
    const recent = this.#recent[sample.arm];
    recent.push(sample.latencyMs);
    if (recent.length > 2 * WINDOW) recent.splice(0, WINDOW);
  }

  event(look: number): ProgressEvent {
    const plan = this.#plan;
    const elapsedMs = this.#elapsedMs;
    const phase = phaseOf(blockAt(elapsedMs, plan), plan);
    const a = median(this.#recent.a);
    const b = median(this.#recent.b);
    return {
      phase: phase === "warmup" ? "warm-up" : phase,
      elapsedMs,
      expectedMs: plan.warmUpMs + (plan.looksMs[look - 1] ?? 0),
      look,
      blocks: blocksOf("duet", plan, Math.max(0, elapsedMs - plan.warmUpMs)).length,
      p50Ratio: a === undefined || b === undefined || a === 0 ? null : b / a,
      errors: { ...this.#errors },
    };
  }
}

const WINDOW = 1_000;

function median(values: readonly number[]): number | undefined {
  return [...values].sort((x, y) => x - y)[values.length >>> 1];
}
