/*
 * What the runner hands to k6. No secret stands here: headers go through the environment (`BANYAN_DUET_HEADERS`),
 * which no other user of the machine can read and which k6 prints nowhere.
 */
import type { IgnorePath } from "../corpus/canonical.ts";
import type { World } from "../journey/plan.ts";
import type { Schedule } from "./schedule.ts";

/** The file named by `BANYAN_DUET_RUN`. */
export interface RunFile {
  readonly schedule: Schedule;
  readonly durationMs: number;
  readonly requestTimeoutMs: number;
  readonly virtualUsers: number;
  readonly arms: { readonly a: { readonly base: string }; readonly b: { readonly base: string } };
  readonly background?: {
    readonly base: string;
    readonly ratePerSecond: number;
    readonly virtualUsers: number;
    /** Running sums of the users' weights. */
    readonly cumulative: readonly number[];
    readonly journey?: JourneyBackground;
  };
  /** Running sums of the entries' weights. */
  readonly cumulative: readonly number[];
  readonly ignores: readonly IgnorePath[];
  /** `host:port` → `address:port`: the addresses that were judged, so that no second look-up can lead elsewhere. */
  readonly hosts: Readonly<Record<string, string>>;
  /** The answer's header that names the side. */
  readonly sideHeader: string;
}

/** Whole journeys as background: how they come, and what their answers are held to. */
export interface JourneyBackground {
  readonly world: World;
  readonly journeysPerMinute: number;
  readonly thinkMs: number;
  readonly sidedRoutes: readonly string[];
  /** The side that answers by those routes must name: for each user, and while arm a has everything; null: any. */
  readonly expectedSides: readonly (string | null)[];
  readonly soloSide: string | null;
}

/** One element of the file named by `BANYAN_DUET_ENTRIES`. */
export interface EntryFile {
  readonly path: string;
  /** Index into the runner's list of routes; route names would need escaping in k6's CSV. */
  readonly route: number;
  readonly status: number;
  readonly mediaType: string;
  /** SHA-256, hex, of each body that is right: arm a's, and arm b's where it says the same in other words. */
  readonly digests: readonly string[];
  readonly json: boolean;
}

/** The environment variable `BANYAN_DUET_HEADERS`. */
export interface HeadersFile {
  readonly a: Readonly<Record<string, string>>;
  readonly b: Readonly<Record<string, string>>;
  readonly background: readonly Readonly<Record<string, string>>[];
  /** Session cookies' values of a journey's customers; they take them by turns. */
  readonly sessions: readonly string[];
}

/** The names and tags of the metrics that the runner reads; everything else that k6 writes is left aside. */
export const METRICS = { answered: "banyan_answered", background: "banyan_background" } as const;

/** Why an answer is wrong; "" when it is right. */
export type Wrong = "" | "transport" | "status" | "media-type" | "content";
