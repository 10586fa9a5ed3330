/*
 * Which arm and which request belongs to iteration i. Pure and without state, so that every virtual user of k6 and
 * the runner that reads its samples agree without talking to each other.
 */
import { mix32, unit } from "../corpus/random.ts";
import { firstAbove } from "../corpus/zipf.ts";

/** A run's shape in iterations of an open model; iteration i is due i / ratePerSecond seconds after the start. */
export interface Schedule {
  readonly seed: number;
  readonly ratePerSecond: number;
  /** The first iteration of the solo blocks; those before it warm arm a up. */
  readonly soloFrom: number;
  /** The first iteration that alternates between the arms; from here to `duetFrom` both warm up. */
  readonly pairsFrom: number;
  /** The first iteration of the duet. */
  readonly duetFrom: number;
}

export interface Turn {
  readonly arm: "a" | "b";
  readonly phase: "warmup" | "solo" | "duet";
}

/** Offsets of a plan, in milliseconds from the run's start (`Plan` of evidence/duet/observation.ts). */
export interface Offsets {
  readonly ratePerSecond: number;
  readonly blockMs: number;
  readonly soloBlocks: number;
  readonly soloStartMs: number;
  readonly duetStartMs: number;
}

export function scheduleOf(plan: Offsets, seed: number): Schedule {
  const from = (ms: number) => firstDueAt(ms, plan.ratePerSecond);
  return {
    seed,
    ratePerSecond: plan.ratePerSecond,
    soloFrom: from(plan.soloStartMs),
    pairsFrom: from(plan.soloStartMs + plan.soloBlocks * plan.blockMs),
    duetFrom: from(plan.duetStartMs),
  };
}

/** The first iteration that is due at `ms` or later. */
export function firstDueAt(ms: number, ratePerSecond: number): number {
  return Math.ceil((ms * ratePerSecond) / 1000);
}

/** Milliseconds from the run's start at which iteration i is due. */
export function dueMs(i: number, ratePerSecond: number): number {
  return (i * 1000) / ratePerSecond;
}

/**
 * Before `pairsFrom` everything goes to arm a. After it, iterations 2k and 2k+1 are a pair: one goes to each arm,
 * in an order that the seed tosses for each pair, so that neither arm is always the one that comes second.
 */
export function turnOf(i: number, schedule: Schedule): Turn {
  if (i < schedule.pairsFrom) return { arm: "a", phase: i < schedule.soloFrom ? "warmup" : "solo" };
  const pair = Math.floor(i / 2);
  const bFirst = mix32(schedule.seed, pair) % 2;
  const arm = i % 2 === bFirst ? "a" : "b";
  return { arm, phase: i < schedule.duetFrom ? "warmup" : "duet" };
}

/** Other draws of the same pair must not be the same bits. */
const DRAW_SALT = 0x5bd1e995;

/**
 * The corpus entry of iteration i: a weighted draw. Both iterations of a pair ask for the same entry, so that the
 * arms differ in nothing but the side. `cumulative` are running sums of the weights.
 */
export function entryOf(i: number, schedule: Schedule, cumulative: readonly number[]): number {
  const draw = i < schedule.pairsFrom ? i : Math.floor(i / 2);
  const total = cumulative[cumulative.length - 1] ?? 0;
  return firstAbove(cumulative, unit(schedule.seed ^ DRAW_SALT, draw) * total);
}
