import { fileURLToPath } from "node:url";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import { digestOf, type LatencyDigest } from "@banyan/evidence/bundle/latency-digest.ts";
import { MOST_MEAN, paceOf } from "../journey/pace.ts";
import { meanRequests } from "../journey/plan.ts";
import { JOURNEY_METRICS, type JourneyFile, type JourneySecrets } from "../k6/journey-file.ts";
import type { CsvRow } from "./csv.ts";
import { runK6 } from "./k6-run.ts";
import { hostsOf } from "./run-files.ts";
import { type Accounts, signInAll } from "./sessions.ts";
import { openAsker, openTarget } from "./target.ts";
import { learnWorld } from "./world.ts";

export const JOURNEY_SCRIPT = fileURLToPath(new URL("../k6/journey.ts", import.meta.url));
const REQUEST_TIMEOUT_MS = 5_000;

export interface JourneyOptions {
  /** The shop, or the proxy in front of it. */
  readonly url: string;
  /** Sent with each request, e.g. the signed override. Secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Customers that the shop knows; as many sessions are made before the run. */
  readonly accounts: Accounts;
  /** Requests a second in the mean; at most 40, so that it is never above 100 at any time. */
  readonly ratePerSecond: number;
  /** Mean time to think for each request. */
  readonly thinkMs: number;
  readonly durationMs: number;
  /** Decides every journey: 32 bits. */
  readonly seed: number;
  readonly allowedHosts: readonly string[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: { readonly elapsedMs: number; readonly requests: number }) => void;
}

/** What the runners of load need from outside. */
export interface LoadIo {
  readonly k6Path: string;
  /** An existing folder; nothing stays in it. */
  readonly folder: string;
  /** Measured load on one machine takes turns. */
  readonly takeLoadLock: (signal: AbortSignal | undefined) => Promise<AsyncDisposable>;
}

export interface JourneyRoute {
  readonly route: string;
  readonly latency: LatencyDigest;
  /** By kind: `transport`, `status`, `content`. */
  readonly wrong: Readonly<Record<string, number>>;
  /** The shop rightly said no: sold out, not for sale, price changed. */
  readonly refused: number;
}

export interface JourneyResult {
  readonly requests: number;
  /** All wrong answers; the shop's rightful refusals are none. */
  readonly wrong: number;
  readonly refused: number;
  /** Journeys that k6 had no virtual customer for: the shop was too slow to let them go in time. */
  readonly droppedJourneys: number;
  /** By the side that the answers named; "" for none. */
  readonly served: Readonly<Record<string, number>>;
  /** By route, in the order of their names. */
  readonly routes: readonly JourneyRoute[];
}

/**
 * Lets customers walk through the shop for a while, with time to think, and says how they were answered. It compares
 * nothing. Throws BYN-EVIDENCE-051 … -055 and -057 (the shop), -062 (options), -067 (sign-in) and what `runK6` throws.
 */
export async function runJourney(options: JourneyOptions, io: LoadIo): Promise<JourneyResult> {
  checkJourneyOptions(options);
  const { signal, durationMs, thinkMs, seed, headers } = options;
  await using _lock = await io.takeLoadLock(signal);
  const target = await openTarget(options.url, options.allowedHosts);
  const asker = openAsker(target, headers);
  try {
    const world = await learnWorld(asker.ask);
    const sessions = await signInAll(asker, options.accounts, signal);
    const pace = paceOf(options.ratePerSecond, meanRequests(seed, world), thinkMs);
    const file: JourneyFile = {
      base: target.base,
      seed,
      world,
      hosts: hostsOf([target]),
      sideHeader: HEADERS.side,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      thinkMs,
      virtualCustomers: pace.virtualCustomers,
      steps: [{ journeysPerMinute: pace.journeysPerMinute, durationMs }],
      metronomePerSecond: 0,
    };
    const tally = new JourneyTally();
    await runK6({
      k6Path: io.k6Path,
      script: JOURNEY_SCRIPT,
      folder: io.folder,
      files: { BANYAN_JOURNEY_RUN: file },
      variables: { BANYAN_JOURNEY_SECRETS: JSON.stringify({ headers, sessions } satisfies JourneySecrets) },
      metrics: [JOURNEY_METRICS.request, "dropped_iterations"],
      onRow: (row) => {
        tally.add(row);
        options.onProgress?.({ elapsedMs: tally.elapsedMs, requests: tally.requests });
      },
      ...(signal === undefined ? {} : { signal }),
    });
    return tally.result;
  } finally {
    asker.close();
  }
}

/** Throws BYN-EVIDENCE-062. */
function checkJourneyOptions({ ratePerSecond, thinkMs, durationMs, accounts }: JourneyOptions): void {
  const mistakes = [
    ...(ratePerSecond > 0 && ratePerSecond <= MOST_MEAN
      ? []
      : [{ place: "ratePerSecond", message: `must be above 0 and at most ${MOST_MEAN}` }]),
    ...(thinkMs >= 100 && thinkMs <= 60_000
      ? []
      : [{ place: "thinkMs", message: "must be between 100 and 60000" }]),
    ...(durationMs >= 100 ? [] : [{ place: "durationMs", message: "must be 100 or more" }]),
    ...(accounts.emails.length > 0 ? [] : [{ place: "accounts", message: "must hold at least one" }]),
  ];
  const [first] = mistakes;
  if (first) throw new BanyanError("BYN-EVIDENCE-062", `${first.place} ${first.message}`, { mistakes });
}

class JourneyTally {
  requests = 0;
  elapsedMs = 0;
  #dropped = 0;
  readonly #served: Record<string, number> = {};
  readonly #routes = new Map<
    string,
    { latencies: number[]; wrong: Record<string, number>; refused: number }
  >();

  add({ metric, value, tags, metadata }: CsvRow): void {
    if (metric !== JOURNEY_METRICS.request) {
      this.#dropped += value;
      return;
    }
    this.requests += 1;
    this.elapsedMs = Math.max(this.elapsedMs, Number(metadata.get("at") ?? 0));
    const side = tags.get("side") ?? "";
    this.#served[side] = (this.#served[side] ?? 0) + 1;
    const route = tags.get("route") ?? "";
    const found = this.#routes.get(route) ?? { latencies: [], wrong: {}, refused: 0 };
    this.#routes.set(route, found);
    found.latencies.push(value);
    const wrong = tags.get("wrong") ?? "unsaid";
    if (wrong === "refused") found.refused += 1;
    else if (wrong !== "") found.wrong[wrong] = (found.wrong[wrong] ?? 0) + 1;
  }

  get result(): JourneyResult {
    const routes = [...this.#routes]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([route, { latencies, wrong, refused }]) => ({
        route,
        latency: digestOf(latencies),
        wrong,
        refused,
      }));
    const sum = (of: (route: JourneyRoute) => number) => routes.reduce((total, each) => total + of(each), 0);
    return {
      requests: this.requests,
      wrong: sum((route) => Object.values(route.wrong).reduce((total, n) => total + n, 0)),
      refused: sum(({ refused }) => refused),
      droppedJourneys: this.#dropped,
      served: this.#served,
      routes,
    };
  }
}
