import * as z from "zod";
import type { Plan } from "../duet/observation.ts";
import type { Protocol } from "../duet/protocol.ts";
import type { Verdict } from "../duet/verdict.ts";

export const outcomeSchema = z.enum(["pass", "fail", "inconclusive"]);
const metricSchema = z.enum(["p50", "p95", "p99"]);
const scaleSchema = z.enum(["ratio", "ms"]);
const protocolNameSchema = z.enum(["quick", "long"]);
const boundsSchema = z.strictObject({ lower: z.number().nullable(), upper: z.number().nullable() });
const countSchema = z.strictObject({ n: z.int().nonnegative(), bad: z.int().nonnegative() });

const measureSchema = z.strictObject({
  metric: metricSchema,
  scale: scaleSchema,
  estimate: z.number().nullable(),
  pass: boundsSchema,
  fail: boundsSchema,
  margin: z.number(),
  floorDecided: z.boolean(),
  outcome: outcomeSchema,
  blocks: z.int().nonnegative(),
  autocorrelation: z.number(),
  widenedBy: z.number(),
  aMs: z.number().nullable(),
  bMs: z.number().nullable(),
});

const errorsSchema = z.strictObject({
  a: countSchema,
  b: countSchema,
  difference: z.number().nullable(),
  pass: boundsSchema,
  fail: boundsSchema,
  margin: z.number(),
  outcome: outcomeSchema,
  eValue: z.number(),
  aborted: z.boolean(),
});

const instrumentSchema = z.strictObject({
  name: z.enum([
    "dropped-iterations",
    "arm-balance",
    "missing-answers",
    "blocks",
    "lateness-p99",
    "wrong-side",
  ]),
  ok: z.boolean(),
  value: z.number(),
  limit: z.number(),
  lasting: z.boolean(),
  text: z.string(),
});

const interferenceSchema = z.strictObject({
  ok: z.boolean(),
  soloP50Ms: z.number().nullable(),
  duetP50Ms: z.number().nullable(),
  ratio: z.number().nullable(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  limit: z.number(),
  alpha: z.number(),
  soloBlocks: z.int().nonnegative(),
  text: z.string(),
});

/** `Verdict` of duet/verdict.ts, for reading one back; `satisfies` keeps the two together. */
export const verdictSchema = z.strictObject({
  verdict: outcomeSchema,
  protocol: protocolNameSchema,
  look: z.int().positive(),
  measuredMs: z.number().nonnegative(),
  levels: z.strictObject({ pass: z.number(), fail: z.number(), tries: z.int(), looks: z.int() }),
  reasons: z.array(z.string()).readonly(),
  measures: z.array(measureSchema).readonly(),
  errors: errorsSchema,
  instrument: z.array(instrumentSchema).readonly(),
  interference: interferenceSchema,
  perRoute: z
    .array(
      z.strictObject({
        route: z.string(),
        judged: z.boolean(),
        a: countSchema,
        b: countSchema,
        measures: z.array(measureSchema).readonly(),
      }),
    )
    .readonly(),
}) satisfies z.ZodType<Verdict, Verdict>;

const marginsSchema = z.strictObject({
  scale: scaleSchema,
  latency: z.partialRecord(metricSchema, z.number()),
  floorMs: z.number(),
  errorsShare: z.number(),
});

/** `Protocol` of duet/protocol.ts: what was fixed before the run, margins included. */
export const protocolSchema = z.strictObject({
  name: protocolNameSchema,
  blockMs: z.number().positive(),
  soloEvery: z.int().positive(),
  warmUpMs: z.number().nonnegative(),
  looksMs: z.array(z.number().positive()).readonly(),
  margins: marginsSchema,
  metrics: z.array(metricSchema).readonly(),
  p99: z.strictObject({ mergedBlocks: z.int(), atLeast: z.int() }),
  judgesRoutes: z.boolean(),
  alpha: z.strictObject({ pass: z.number(), fail: z.number(), tries: z.int() }),
  failAtMarginShare: z.number(),
  interference: z.strictObject({ limit: z.number(), alpha: z.number(), minBlocks: z.int() }),
  instrument: z.strictObject({
    armBalance: z.number(),
    missingAnswers: z.number(),
    minBlocks: z.int(),
    latenessP99Ms: z.number(),
  }),
}) satisfies z.ZodType<Protocol, Protocol>;

export const planSchema = z.strictObject({
  protocol: protocolNameSchema,
  ratePerSecond: z.number().positive(),
  blockMs: z.number().positive(),
  soloEvery: z.int().positive(),
  warmUpMs: z.number().nonnegative(),
  looksMs: z.array(z.number().positive()).readonly(),
  endMs: z.number().nonnegative(),
}) satisfies z.ZodType<Plan, Plan>;
