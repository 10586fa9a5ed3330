/*
 * What a runner hands to the journey's scenario. Sessions and headers are secrets: they go through the environment
 * (`BANYAN_JOURNEY_SECRETS`), never through a file.
 */
import type { World } from "../journey/plan.ts";

/** The file named by `BANYAN_JOURNEY_RUN`. */
export interface JourneyFile {
  readonly base: string;
  readonly seed: number;
  readonly world: World;
  /** `host:port` → `address:port`: the addresses that were judged. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly sideHeader: string;
  readonly requestTimeoutMs: number;
  /** Mean for each request; 0 in a ramp. */
  readonly thinkMs: number;
  readonly virtualCustomers: number;
  /** One after the other. */
  readonly steps: readonly { readonly journeysPerMinute: number; readonly durationMs: number }[];
  /** Times a second that an idle virtual user says how late it was woken; 0 for never. */
  readonly metronomePerSecond: number;
}

/** The environment variable `BANYAN_JOURNEY_SECRETS`. At least one session; journeys take them by turns. */
export interface JourneySecrets {
  readonly headers: Readonly<Record<string, string>>;
  readonly sessions: readonly string[];
}

export const JOURNEY_METRICS = { request: "banyan_journey", lateness: "banyan_lateness" } as const;
