import { crashPostgres } from "./faults/crash-postgres.ts";
import type { Fault } from "./faults/fault.ts";
import { freeze } from "./faults/freeze.ts";
import { holdFill } from "./faults/hold-fill.ts";
import { kafkaBack, kafkaForward } from "./faults/kafka-place.ts";
import { kill } from "./faults/kill.ts";
import { pauseRelay } from "./faults/pause-relay.ts";
import { placeBack, placeForward } from "./faults/place.ts";
import { stick } from "./faults/stick.ts";
import { stopBroker } from "./faults/stop-broker.ts";

/** Whatever stands between the sides. */
const ANYWHERE: readonly Fault[] = [
  kill("monolith"),
  kill("monolith-worker"),
  kill("orders"),
  kill("orders-worker"),
  kill("inventory"),
  kill("inventory-worker"),
  kill("controller"),
  kill("proxy"),
  crashPostgres,
  pauseRelay,
  holdFill,
  stick,
  freeze,
];
const EMBEDDED: readonly Fault[] = [placeBack, placeForward];
/** In their place over Kafka. */
export const KAFKA: readonly Fault[] = [kafkaBack, kafkaForward, stopBroker];

/** All that can be done to a stack over this log. */
export function allFaults(kafka: boolean): readonly Fault[] {
  return [...ANYWHERE, ...(kafka ? KAFKA : EMBEDDED)];
}

/** One harm of each kind, those that take least: over the embedded log. */
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
