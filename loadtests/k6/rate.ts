/*
 * A fixed rate to several arms in the same seconds, one kind of request after the other, for `npm run bench`. It
 * measures latencies and judges nothing. Iteration i belongs to a kind, a group and an arm by its number alone: the
 * arms of a group ask for the same as the same user, in an order that the seed shuffles anew for each group.
 */
import exec from "k6/execution";
import http from "k6/http";
import { Trend } from "k6/metrics";
import type { Options } from "k6/options";
import { mix32 } from "../corpus/random.ts";
import type { RateRun } from "./rate-run.ts";

const run: RateRun = JSON.parse(__ENV.BANYAN_RATE_RUN ?? "null");
const answered = new Trend("banyan_rate_ms");
const perKind = run.warmUp + run.counted;

export const options: Options = {
  scenarios: {
    rate: {
      executor: "constant-arrival-rate",
      rate: run.ratePerSecond,
      timeUnit: "1s",
      duration: `${Math.ceil((perKind * run.kinds.length * 1_000) / run.ratePerSecond)}ms`,
      preAllocatedVUs: 24,
      maxVUs: 24,
      gracefulStop: "6s",
    },
  },
  systemTags: ["status"],
  discardResponseBodies: true,
  maxRedirects: 0,
};

export default function ask(): void {
  const i = exec.scenario.iterationInTest;
  const at = Math.floor(i / perKind);
  const kind = run.kinds[at];
  if (kind === undefined) return;
  const group = Math.floor(i / run.bases.length);
  const arm = armOf(group, i % run.bases.length);
  const cookie = run.cookies[group % run.cookies.length] ?? "";
  const { status, timings } = http.request(kind.method, run.bases[arm] + kind.path, kind.body, {
    headers: {
      ...run.headers,
      ...(kind.body === null ? {} : { "content-type": "application/json" }),
      cookie,
    },
    timeout: 5_000,
  });
  // The first ones of a kind open connections and warm what they meet.
  if (i % perKind < run.warmUp) return;
  answered.add(timings.duration, {
    arm: String(arm),
    kind: kind.name,
    wrong: status === kind.status ? "" : String(status),
  });
}

/** The place-th arm of this group's shuffle (Fisher and Yates). */
function armOf(group: number, place: number): number {
  const order = run.bases.map((_, arm) => arm);
  for (let last = order.length - 1; last > 0; last--) {
    const other = mix32(run.seed + last, group) % (last + 1);
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order[place] ?? 0;
}
