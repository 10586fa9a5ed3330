import { crashPostgres } from "./faults/crash-postgres.ts";
import type { Fault } from "./faults/fault.ts";
import { freeze } from "./faults/freeze.ts";
import { holdFill } from "./faults/hold-fill.ts";
import { kill } from "./faults/kill.ts";
import { pauseRelay } from "./faults/pause-relay.ts";
import { placeBack, placeForward } from "./faults/place.ts";
import { stick } from "./faults/stick.ts";

/** Each kind of harm once, as short as it can be. */
export const SHORT: readonly Fault[] = [
  kill("orders"),
  kill("monolith-worker"),
  kill("controller"),
  placeBack,
  placeForward,
  pauseRelay,
  stick,
  freeze,
];

export const ALL: readonly Fault[] = [
  kill("monolith"),
  kill("monolith-worker"),
  kill("orders"),
  kill("orders-worker"),
  kill("inventory"),
  kill("inventory-worker"),
  kill("controller"),
  kill("proxy"),
  crashPostgres,
  placeBack,
  placeForward,
  pauseRelay,
  holdFill,
  stick,
  freeze,
];
