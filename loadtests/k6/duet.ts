/*
 * One open-model scenario that asks both arms in the same seconds (evidence.md, "duet"), and perhaps background load
 * beside it. It measures and checks; it judges nothing. Started by the runner, which reads its CSV while it runs.
 */
import { SharedArray } from "k6/data";
import exec from "k6/execution";
import http from "k6/http";
import { Counter, Trend } from "k6/metrics";
import type { Options, Scenario } from "k6/options";
import { mix32, unit } from "../corpus/random.ts";
import { firstAbove } from "../corpus/zipf.ts";
import { journeyOf } from "../journey/plan.ts";
import { walk } from "../journey/walk.ts";
import { wrongBy } from "./check.ts";
import { customerIo, headerOf, latencyOf } from "./customer.ts";
import { needed } from "./needed.ts";
import {
  type EntryFile,
  type HeadersFile,
  type JourneyBackground,
  METRICS,
  type RunFile,
} from "./run-file.ts";
import { dueMs, entryOf, isSoloAt, turnOf } from "./schedule.ts";

const run: RunFile = JSON.parse(open(needed("BANYAN_DUET_RUN")));
const headers: HeadersFile = JSON.parse(needed("BANYAN_DUET_HEADERS"));
// Shared by all virtual users; the texts apart, because an element is parsed each time that it is read.
const entries = new SharedArray<EntryFile>("entries", () => JSON.parse(open(needed("BANYAN_DUET_ENTRIES"))));
const texts = new SharedArray<string>("texts", () => JSON.parse(open(needed("BANYAN_DUET_TEXTS"))));

const answered = new Trend(METRICS.answered);
const inBackground = new Counter(METRICS.background);

export const options: Options = {
  scenarios: scenarios(),
  systemTags: ["status"],
  hosts: { ...run.hosts },
  // One connection for each virtual user, kept; a redirect is an answer like any other and never followed.
  maxRedirects: 0,
  userAgent: "banyan-loadtests",
  insecureSkipTLSVerify: false,
};

export function measure(): void {
  const { iterationInTest: i, startTime } = exec.scenario;
  const startedAt = Date.now();
  const latenessMs = startedAt - startTime - dueMs(i, run.schedule.ratePerSecond);
  const { arm } = turnOf(i, run.schedule);
  const index = entryOf(i, run.schedule, run.cumulative);
  const entry = entries[index];
  if (entry === undefined) throw new Error(`no corpus entry ${index}`);
  const response = http.request("GET", run.arms[arm].base + entry.path, null, {
    headers: headers[arm],
    // JSON is UTF-8 (RFC 8259 §8.1); anything else is compared by its bytes.
    responseType: entry.json ? "text" : "binary",
    timeout: run.requestTimeoutMs,
  });
  const wrong = wrongBy(entry, () => texts[index] ?? "", response, run.ignores);
  const latencyMs = wrong === "transport" ? Date.now() - startedAt : latencyOf(response);
  // Metadata, unlike a tag, makes no time series of its own for each value.
  exec.vu.metrics.metadata.i = i;
  exec.vu.metrics.metadata.late = latenessMs.toFixed(3);
  answered.add(latencyMs, {
    arm,
    route: String(entry.route),
    wrong,
    side: headerOf(response, run.sideHeader),
  });
  delete exec.vu.metrics.metadata.i;
  delete exec.vu.metrics.metadata.late;
}

export function background(): void {
  if (run.background === undefined) return;
  const { base, ratePerSecond, cumulative, journey } = run.background;
  const i = exec.scenario.iterationInTest;
  const total = cumulative[cumulative.length - 1] ?? 0;
  const userIndex = firstAbove(cumulative, unit(run.schedule.seed ^ USER_SALT, i) * total);
  if (journey !== undefined) {
    walkBackground(base, journey, i, userIndex);
    return;
  }
  const user = headers.background[userIndex];
  const solo = isSoloAt(dueMs(i, ratePerSecond), run.schedule);
  const all = run.cumulative[run.cumulative.length - 1] ?? 0;
  const entry = entries[firstAbove(run.cumulative, unit(run.schedule.seed ^ ENTRY_SALT, i) * all)];
  if (entry === undefined) return;
  const response = http.request("GET", base + entry.path, null, {
    // Solo means that arm a has everything, the background too.
    headers: solo ? { ...user, ...headers.a } : { ...user },
    responseType: "none",
    timeout: run.requestTimeoutMs,
  });
  const side = headerOf(response, run.sideHeader);
  inBackground.add(1, {
    wrong: response.status === entry.status ? "" : "status",
    side,
    routed: String(!solo),
  });
}

/** One customer's way through the shop, on the side that the proposed percentage gives them. */
function walkBackground(base: string, journey: JourneyBackground, i: number, userIndex: number): void {
  const { seed } = run.schedule;
  const planned = journeyOf(seed, i, journey.world);
  const user = headers.background[userIndex];
  const thinking = mix32(seed ^ THINK_SALT, i);
  let n = 0;
  let solo = true;
  http.cookieJar().clear(base);
  const io = customerIo({
    base,
    // A journey outlasts a block; solo still means that arm a has everything.
    headers: () => {
      solo = isSoloAt(Date.now() - exec.scenario.startTime, run.schedule);
      return solo ? { ...user, ...headers.a } : { ...user };
    },
    session: planned.signedIn ? headers.sessions[i % headers.sessions.length] : undefined,
    requestTimeoutMs: run.requestTimeoutMs,
    thinkMs: journey.thinkMs,
    random: () => unit(thinking, n++),
    seen: ({ route }, wrong, response) => {
      const side = headerOf(response, run.sideHeader);
      const expected = solo ? journey.soloSide : journey.expectedSides[userIndex];
      const strayed =
        wrong === "" &&
        expected !== null &&
        expected !== undefined &&
        side !== expected &&
        journey.sidedRoutes.includes(route);
      const routed = !solo && journey.sidedRoutes.includes(route);
      inBackground.add(1, { wrong: strayed ? "side" : wrong, side, routed: String(routed) });
    },
  });
  walk(planned, io);
}

const USER_SALT = 0x2545f491;
const ENTRY_SALT = 0x1b873593;
const THINK_SALT = 0x510e527f;

function scenarios(): Record<string, Scenario> {
  const open = (rate: number, virtualUsers: number, run_: string) => ({
    executor: "constant-arrival-rate" as const,
    rate,
    timeUnit: "1s",
    duration: `${run.durationMs}ms`,
    preAllocatedVUs: virtualUsers,
    maxVUs: virtualUsers,
    // The runner waits for the answers that a look needs; then it stops k6.
    gracefulStop: `${run.requestTimeoutMs + 1000}ms`,
    exec: run_,
  });
  const measured = { measure: open(run.schedule.ratePerSecond, run.virtualUsers, "measure") };
  if (run.background === undefined) return measured;
  const { ratePerSecond, virtualUsers, journey } = run.background;
  const background = open(ratePerSecond, virtualUsers, "background");
  if (journey === undefined) return { ...measured, background };
  return { ...measured, background: { ...background, rate: journey.journeysPerMinute, timeUnit: "1m" } };
}
