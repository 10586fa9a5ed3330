import type { Interval } from "@banyan/evidence/statistics/hodges-lehmann.ts";
import { median, quantileOfSorted, sorted } from "@banyan/evidence/statistics/quantile.ts";
import { ratioOf } from "../results.ts";
import { ARMS, type Arm, LOADS, type Load } from "./loads.ts";

export const WRITE_METRICS = ["p50Ms", "writesPerSecond", "cpuUs"] as const;
export type WriteMetric = (typeof WRITE_METRICS)[number];

/** One arm under one load in one round. */
export interface WriteReading {
  readonly round: number;
  readonly arm: Arm;
  readonly load: Load;
  /** CPU of the writers' process and of Postgres together, for each write. */
  readonly values: Readonly<Record<WriteMetric, number>>;
}

/** A load, with each arm's medians over the rounds, and the guarded arms against the unguarded one. */
export interface WriteRow {
  readonly load: Load;
  readonly metric: WriteMetric;
  readonly medians: Readonly<Record<Arm, number>>;
  readonly guarded: Interval;
  readonly keyed: Interval;
}

export function writeRowsOf(readings: readonly WriteReading[]): WriteRow[] {
  return LOADS.flatMap((load) =>
    WRITE_METRICS.map((metric) => {
      const of = (arm: Arm) =>
        readings
          .filter((reading) => reading.load === load && reading.arm === arm)
          .sort((x, y) => x.round - y.round)
          .map(({ values }) => values[metric]);
      const medians = Object.fromEntries(ARMS.map((arm) => [arm, median(of(arm))])) as Record<Arm, number>;
      const [plain, guarded, keyed] = [of("plain"), of("guarded"), of("keyed")];
      return { load, metric, medians, guarded: ratioOf(guarded, plain), keyed: ratioOf(keyed, plain) };
    }),
  );
}

/** How many slots change hands together; eight is the most that the controller has in hand. */
export const AT_ONCE = [1, 8] as const;
export type AtOnce = (typeof AT_ONCE)[number];

export const MOVE_METRICS = ["slotsPerSecond", "p50Ms", "p99Ms", "writesPerSecond"] as const;
export type MoveMetric = (typeof MOVE_METRICS)[number];

/** All handovers of one kind in one round. */
export interface MoveReading {
  readonly round: number;
  readonly atOnce: AtOnce;
  /** From the last write that the old owner took to the first that the new one took, of each slot. */
  readonly pausesMs: readonly number[];
  readonly values: Readonly<Record<MoveMetric, number>>;
}

/** Over all rounds. The range is that of the rounds: how much one run tells of the next. */
export interface MoveRow {
  readonly metric: MoveMetric;
  readonly of: Readonly<
    Record<AtOnce, { readonly value: number; readonly lowest: number; readonly highest: number }>
  >;
}

export function moveRowsOf(readings: readonly MoveReading[]): MoveRow[] {
  return MOVE_METRICS.map((metric) => {
    const of = (atOnce: AtOnce) => {
      const mine = readings.filter((reading) => reading.atOnce === atOnce);
      const each = sorted(mine.map(({ values }) => values[metric]));
      const pauses = sorted(mine.flatMap(({ pausesMs }) => pausesMs));
      const pooled: Partial<Record<MoveMetric, number>> = {
        p50Ms: quantileOfSorted(pauses, 0.5),
        p99Ms: quantileOfSorted(pauses, 0.99),
      };
      const value = pooled[metric] ?? median(each);
      return { value, lowest: each[0] ?? Number.NaN, highest: each.at(-1) ?? Number.NaN };
    };
    return { metric, of: { 1: of(1), 8: of(8) } };
  });
}
