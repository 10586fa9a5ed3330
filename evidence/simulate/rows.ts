import type { Method, Row } from "./row.ts";
import { WORLDS } from "./world.ts";

/** Worlds that an A-then-B comparison can meet: harm that needs both sides at once is not among them. */
export const PLAIN_WORLDS = ["same", "tenSlower", "quarterSlower", "slowTail", "errors", "better"] as const;
export const ALL_WORLDS = Object.keys(WORLDS) as (keyof typeof WORLDS)[];

/** Enough that a share of 1 % is known to about half a point; the long protocol takes several times as long. */
export const WORLDS_A_ROW: Readonly<Record<Method, number>> = {
  "a-then-b": 2000,
  quick: 2000,
  long: 1000,
  "quick-try": 2000,
  "quick-whole": 2000,
};

function row(method: Method, world: Row["world"], noise: Row["noise"]): Row {
  return { method, world, noise, n: WORLDS_A_ROW[method] };
}

/** All that `docs/calibration.md` states. */
export const ROWS: readonly Row[] = [
  ...PLAIN_WORLDS.map((world) => row("a-then-b", world, "nominal")),
  ...(["nominal", "drifting", "pessimistic", "hostile"] as const).flatMap((noise) =>
    ALL_WORLDS.map((world) => row("quick", world, noise)),
  ),
  ...ALL_WORLDS.map((world) => row("long", world, "nominal")),
  ...(["same", "better"] as const).map((world) => row("quick-try", world, "nominal")),
  ...ALL_WORLDS.map((world) => row("quick-whole", world, "nominal")),
];
