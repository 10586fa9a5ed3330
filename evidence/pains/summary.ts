import { digestOf, digestQuantileMs, type LatencyDigest } from "../bundle/latency-digest.ts";
import { type Bystander, effectOf } from "./effect.ts";
import { capacityOf } from "./knee.ts";
import type { EffectRecord, PainsRecord } from "./record.ts";
import { PAIN_KINDS, type PainKind, type PainsSamples, PRODUCT, SEARCH } from "./samples.ts";

export type PainsSummary = Pick<PainsRecord, "effects" | "looks" | "checkout" | "ramp" | "wrong" | "refused">;

/** What a record keeps of the samples: digests to draw, effects and capacity to tell. */
export function summaryOf(samples: PainsSamples): PainsSummary {
  const { everyone, checkouts, ramp, wrong, refused } = samples;
  const quiet = effectOf(samples.blocks, everyone, samples.disturbances, "").quiet;
  const look = (route: string) => latencies(quiet.filter((request) => request.route === route));
  const names = [...new Set(checkouts.flatMap(({ parts }) => Object.keys(parts)))];
  return {
    effects: PAIN_KINDS.map((kind) => effectRecord(samples, kind)),
    looks: { search: look(SEARCH), product: look(PRODUCT) },
    checkout: {
      whole: digestOf(checkouts.map(({ totalMs }) => totalMs)),
      parts: names.map((name) => ({
        name,
        latency: digestOf(checkouts.flatMap(({ parts }) => parts[name] ?? [])),
      })),
    },
    ramp: { steps: ramp, ...capacityOf(ramp) },
    wrong: { ...wrong },
    refused,
  };
}

function effectRecord(samples: PainsSamples, kind: PainKind): EffectRecord {
  const { blocks, everyone, probes, disturbances } = samples;
  const effect = effectOf(blocks, everyone, disturbances, kind);
  const probe = (route: string) => {
    const of = probes.filter((request) => request.route === route);
    const { quiet, disturbed } = effectOf(blocks, of, disturbances, kind);
    return { quiet: latencies(quiet), disturbed: latencies(disturbed) };
  };
  const own = disturbances.filter((disturbance) => disturbance.kind === kind);
  return {
    kind,
    own: digestOf(own.map(({ startMs, endMs }) => endMs - startMs)),
    quiet: latencies(effect.quiet),
    disturbed: latencies(effect.disturbed),
    p99Ratio: effect.p99Ratio,
    pool: probe("readyz"),
    thread: probe("livez"),
  };
}

function latencies(requests: readonly Bystander[]): LatencyDigest {
  return digestOf(requests.map(({ latencyMs }) => latencyMs));
}

/** The share of a checkout that waits for one part, by medians; null where the shop does not tell. */
export function shareOf(checkout: PainsSummary["checkout"], part: string): number | null {
  const whole = digestQuantileMs(checkout.whole, 0.5);
  const found = checkout.parts.find(({ name }) => name === part);
  const median = found === undefined ? null : digestQuantileMs(found.latency, 0.5);
  return whole === null || median === null || whole === 0 ? null : median / whole;
}
