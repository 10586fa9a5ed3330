/*
 * Which arm and which request belongs to iteration i. Pure and without state, so that every virtual user of k6 and
 * the runner that reads its samples agree without talking to each other.
 */
import { mix32, unit } from "../corpus/random.ts";
import { firstAbove } from "../corpus/zipf.ts";

/**
 * A run's shape (`Plan` of evidence/duet/observation.ts): after the warm-up come blocks, and one in `soloEvery` of them,
 * the first one first, is arm a's alone. Iteration i is due i / ratePerSecond seconds after the start.
 */
export interface Schedule {
  readonly seed: number;
  readonly ratePerSecond: number;
  readonly warmUpMs: number;
  readonly blockMs: number;
  readonly soloEvery: number;
}

export interface Turn {
  readonly arm: "a" | "b";
  readonly phase: "warmup" | "solo" | "duet";
}

export function scheduleOf(plan: Omit<Schedule, "seed">, seed: number): Schedule {
  const { ratePerSecond, warmUpMs, blockMs, soloEvery } = plan;
  return { seed, ratePerSecond, warmUpMs, blockMs, soloEvery };
}

/** The first iteration that is due at `ms` or later. */
export function firstDueAt(ms: number, ratePerSecond: number): number {
  return Math.ceil((ms * ratePerSecond) / 1000);
}

/** Milliseconds from the run's start at which iteration i is due. */
export function dueMs(i: number, ratePerSecond: number): number {
  return (i * 1000) / ratePerSecond;
}

/** Whether arm a has a moment for itself; `ms` counts from the run's start. */
export function isSoloAt(ms: number, schedule: Schedule): boolean {
  return phaseAt(ms, schedule) === "solo";
}

function phaseAt(ms: number, { warmUpMs, blockMs, soloEvery }: Schedule): Turn["phase"] {
  if (ms < warmUpMs) return "warmup";
  return Math.floor((ms - warmUpMs) / blockMs) % soloEvery === 0 ? "solo" : "duet";
}

/**
 * In a solo block everything goes to arm a. Else iterations 2k and 2k+1 are a pair: one goes to each arm, in an order
 * that the seed tosses for each pair, so that neither arm is always the one that comes second. Both of a pair belong
 * to the block in which the first of them is due.
 */
export function turnOf(i: number, schedule: Schedule): Turn {
  const pair = Math.floor(i / 2);
  const phase = phaseAt(dueMs(2 * pair, schedule.ratePerSecond), schedule);
  if (phase === "solo") return { arm: "a", phase };
  const bFirst = mix32(schedule.seed, pair) % 2;
  return { arm: i % 2 === bFirst ? "a" : "b", phase };
}

/** Other draws of the same pair must not be the same bits. */
const DRAW_SALT = 0x5bd1e995;

/**
 * The corpus entry of iteration i: a weighted draw. Both iterations of a pair ask for the same entry, so that the
 * arms differ in nothing but the side. Alone, arm a is asked for another one each time, as a side of a duet is.
 * `cumulative` are running sums of the weights.
 */
export function entryOf(i: number, schedule: Schedule, cumulative: readonly number[]): number {
  const draw = turnOf(i, schedule).phase === "solo" ? i : Math.floor(i / 2);
  const total = cumulative[cumulative.length - 1] ?? 0;
  return firstAbove(cumulative, unit(schedule.seed ^ DRAW_SALT, draw) * total);
}
