/*
 * Whole journeys through the shop in an open model: customers come at their own rate, whether those before them are done
 * or not. With time to think it is a shop's ordinary day; without, and in steps, it is a ramp. It judges nothing.
 */
import exec from "k6/execution";
import http from "k6/http";
import { Trend } from "k6/metrics";
import type { Options, Scenario } from "k6/options";
import { mix32, unit } from "../corpus/random.ts";
import { journeyOf } from "../journey/plan.ts";
import { walk } from "../journey/walk.ts";
import { customerIo, headerOf, latencyOf } from "./customer.ts";
import { JOURNEY_METRICS, type JourneyFile, type JourneySecrets } from "./journey-file.ts";
import { needed } from "./needed.ts";

const run: JourneyFile = JSON.parse(open(needed("BANYAN_JOURNEY_RUN")));
const secrets: JourneySecrets = JSON.parse(needed("BANYAN_JOURNEY_SECRETS"));

const requested = new Trend(JOURNEY_METRICS.request);
const lateness = new Trend(JOURNEY_METRICS.lateness);

export const options: Options = {
  scenarios: scenarios(),
  systemTags: ["status"],
  hosts: { ...run.hosts },
  maxRedirects: 0,
  userAgent: "banyan-loadtests",
  // A journey is one browser: its connection is kept between journeys, its cookies are not.
  noCookiesReset: false,
};

export function journey(): void {
  const { iterationInTest: i, startTime } = exec.scenario;
  // By turns: whoever has the same session next comes when this journey is over.
  const session = secrets.sessions[i % secrets.sessions.length];
  const planned = journeyOf(run.seed, i, run.world);
  const thinking = mix32(run.seed ^ THINK_SALT, i);
  let n = 0;
  http.cookieJar().clear(run.base);
  walk(
    planned,
    customerIo({
      base: run.base,
      headers: () => secrets.headers,
      session: planned.signedIn ? session : undefined,
      requestTimeoutMs: run.requestTimeoutMs,
      thinkMs: run.thinkMs,
      random: () => unit(thinking, n++),
      seen: ({ route }, wrong, response, askedAtMs) => {
        const latencyMs = wrong === "transport" ? Date.now() - askedAtMs : latencyOf(response);
        const { metadata } = exec.vu.metrics;
        // Metadata, unlike a tag, makes no time series of its own for each value.
        metadata.at = String(askedAtMs - startTime);
        metadata.timing = route === "POST /api/orders" ? headerOf(response, "server-timing", 200) : "";
        requested.add(latencyMs, { route, wrong, side: headerOf(response, run.sideHeader) });
        delete metadata.at;
        delete metadata.timing;
      },
    }),
  );
}

/** Asks for nothing: only how late k6 itself is, which no dropped journey can hide. */
export function metronome(): void {
  const { iterationInTest: i, startTime } = exec.scenario;
  const { metadata } = exec.vu.metrics;
  const dueMs = (i * 1000) / run.metronomePerSecond;
  metadata.at = dueMs.toFixed(0);
  lateness.add(Math.max(0, Date.now() - startTime - dueMs));
  delete metadata.at;
}

const THINK_SALT = 0x510e527f;

function scenarios(): Record<string, Scenario> {
  const durationMs = run.steps.reduce((sum, step) => sum + step.durationMs, 0);
  const common = {
    timeUnit: "1m",
    preAllocatedVUs: run.virtualCustomers,
    maxVUs: run.virtualCustomers,
    // The runner stops k6 when it has what it needs; customers in mid-journey are cut off.
    gracefulStop: "0s",
    exec: "journey",
  } as const;
  const [first, ...more] = run.steps;
  if (first === undefined) throw new Error("a journey load has at least one step");
  const journeys: Scenario =
    more.length === 0
      ? {
          executor: "constant-arrival-rate",
          rate: first.journeysPerMinute,
          duration: `${durationMs}ms`,
          ...common,
        }
      : {
          executor: "ramping-arrival-rate",
          startRate: first.journeysPerMinute,
          // A stage of no length jumps to its target; without it the rate would climb through the step.
          stages: run.steps.flatMap(({ journeysPerMinute: target, durationMs: ms }) => [
            { target, duration: "0s" },
            { target, duration: `${ms}ms` },
          ]),
          ...common,
        };
  if (run.metronomePerSecond === 0) return { journeys };
  const metronome: Scenario = {
    executor: "constant-arrival-rate",
    rate: run.metronomePerSecond,
    timeUnit: "1s",
    duration: `${durationMs}ms`,
    preAllocatedVUs: 2,
    maxVUs: 2,
    gracefulStop: "0s",
    exec: "metronome",
  };
  return { journeys, metronome };
}
