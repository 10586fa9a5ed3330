import * as z from "zod";
import { blockAt, phaseOf } from "../duet/blocks.ts";
import type { Arm, Observation, Sample } from "../duet/observation.ts";
import { quantileOfSorted, sorted } from "../statistics/quantile.ts";
import { digestOf, latencyDigestSchema } from "./latency-digest.ts";

const armBlockSchema = z.strictObject({
  n: z.int().nonnegative(),
  bad: z.int().nonnegative(),
  p50Ms: z.number().nonnegative().nullable(),
  p95Ms: z.number().nonnegative().nullable(),
});
type ArmBlock = z.infer<typeof armBlockSchema>;

const blockSchema = z.strictObject({
  phase: z.enum(["solo", "duet"]),
  /** The start of the block, counted from the start of the run. */
  startMs: z.number().nonnegative(),
  a: armBlockSchema,
  b: armBlockSchema,
  latenessP99Ms: z.number().nullable(),
});
export type RunBlock = z.infer<typeof blockSchema>;

/** Who served how many requests of an arm, by the name that the answers gave. */
const servedSchema = z.record(z.string().max(100), z.int().nonnegative());

/**
 * What a report needs of a run's raw samples, in some 20 KB: each block's quantiles, and the whole distribution of
 * each arm. The verdict does not rest on it; it rests on the raw samples that the bundle also holds.
 */
export const runDigestSchema = z.strictObject({
  blocks: z.array(blockSchema).max(500).readonly(),
  latency: z.strictObject({ solo: latencyDigestSchema, a: latencyDigestSchema, b: latencyDigestSchema }),
  lateness: latencyDigestSchema,
  served: z.strictObject({ a: servedSchema, b: servedSchema }),
  droppedIterations: z.int().nonnegative(),
});
export type RunDigest = z.infer<typeof runDigestSchema>;

/** Warm-up samples are dropped. `endMs` cuts off what was sent after the look that was judged. */
export function runDigestOf(observation: Observation, endMs: number = observation.plan.endMs): RunDigest {
  const { plan } = observation;
  const samples = observation.samples.filter((s) => s.phase !== "warmup" && s.startMs < endMs);
  const of = (phase: Sample["phase"], arm: Arm): Sample[] =>
    samples.filter((s) => s.phase === phase && s.arm === arm);
  const duet = { a: of("duet", "a"), b: of("duet", "b") };

  const byBlock = Map.groupBy(samples, (s) => blockAt(s.startMs, plan));
  const blocks = [...byBlock]
    .sort(([a], [b]) => a - b)
    .flatMap(([block, all]): RunBlock[] => {
      const phase = phaseOf(block, plan);
      if (phase === "warmup") return [];
      // As in duet/cut.ts: what was due in a block of the other phase and started late is in none.
      const inBlock = all.filter((s) => s.phase === phase);
      const one = {
        phase,
        startMs: plan.warmUpMs + block * plan.blockMs,
        a: armBlock(inBlock.filter((s) => s.arm === "a")),
        b: armBlock(inBlock.filter((s) => s.arm === "b")),
        latenessP99Ms: quantile(
          inBlock.map((s) => s.latenessMs),
          0.99,
        ),
      };
      return [one];
    });
  return {
    blocks,
    latency: {
      solo: digestOf(of("solo", "a").map((s) => s.latencyMs)),
      a: digestOf(duet.a.map((s) => s.latencyMs)),
      b: digestOf(duet.b.map((s) => s.latencyMs)),
    },
    lateness: digestOf(samples.map((s) => s.latenessMs)),
    served: { a: served(duet.a), b: served(duet.b) },
    droppedIterations: observation.droppedIterations,
  };
}

function armBlock(samples: readonly Sample[]): ArmBlock {
  const latencies = samples.map((s) => s.latencyMs);
  const bad = samples.filter((s) => !s.ok).length;
  return { n: samples.length, bad, p50Ms: quantile(latencies, 0.5), p95Ms: quantile(latencies, 0.95) };
}

/** Stands for a side's name where answers name none: only a proxy writes who served them. */
export const NOBODY_SAID = "nobody said";

/** At most ten names: an upstream that invents one per answer must not fill the bundle. */
function served(samples: readonly Sample[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { side } of samples) {
    const said = side === "" ? NOBODY_SAID : side.slice(0, 100);
    const name = counts.has(said) || counts.size < 10 ? said : "others";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

/** As the verdict's blocks are measured (statistics/quantile.ts), rounded to microseconds. */
function quantile(values: readonly number[], p: number): number | null {
  if (values.length === 0) return null;
  return Math.round(quantileOfSorted(sorted(values), p) * 1_000) / 1_000;
}
