import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import * as z from "zod";
import { bundleSchema, evidenceIdSchema } from "../bundle/bundle.ts";
import { latencyDigestSchema } from "../bundle/latency-digest.ts";
import { LIMITS } from "./knee.ts";
import { PAIN_KINDS } from "./samples.ts";

export const PAINS_FORMAT = "banyan.pains";
export const PAINS_VERSION = 1;

const text = z.string().max(2_000);
const count = z.int().nonnegative();
const ratio = z.number().nonnegative().nullable();

const effectSchema = z.strictObject({
  kind: z.enum(PAIN_KINDS),
  /** How long a disturbance itself took. */
  own: latencyDigestSchema,
  /** Everyone's requests, without and with it. */
  quiet: latencyDigestSchema,
  disturbed: latencyDigestSchema,
  /** p99 of a disturbed block over its quiet neighbours': Hodges–Lehmann with one-sided 5 % bounds. */
  p99Ratio: z.strictObject({ estimate: ratio, lower: ratio, upper: ratio }),
  /** `GET /readyz`: a connection of the pool, and `SELECT 1` on it. */
  pool: z.strictObject({ quiet: latencyDigestSchema, disturbed: latencyDigestSchema }),
  /** `GET /livez`: nothing but the process's own thread. */
  thread: z.strictObject({ quiet: latencyDigestSchema, disturbed: latencyDigestSchema }),
});
export type EffectRecord = z.infer<typeof effectSchema>;

const cores = z.number().nonnegative().nullable();
const stepSchema = z.strictObject({
  targetPerSecond: z.number().positive(),
  durationMs: z.number().positive(),
  due: count,
  answered: count,
  p50Ms: z.number().nonnegative().nullable(),
  p95Ms: z.number().nonnegative().nullable(),
  p99Ms: z.number().nonnegative().nullable(),
  wrong: count,
  dropped: count,
  latenessP99Ms: z.number().nullable(),
  generatorCores: cores,
  shopCores: cores,
  machineRatio: cores,
});

/**
 * What hurts the shop, measured once: `.banyan/evidence/pains-<id>.json`. A record of its own kind: it belongs to no step,
 * stands in no ledger and opens no gate.
 */
export const painsRecordSchema = z.strictObject({
  format: z.literal(PAINS_FORMAT),
  version: z.literal(PAINS_VERSION),
  id: evidenceIdSchema,
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  commit: bundleSchema.shape.commit,
  machine: bundleSchema.shape.machine,
  expected: bundleSchema.shape.expected,
  everyonePerSecond: z.number().positive(),
  blockMs: z.number().positive(),
  effects: z.array(effectSchema).max(10).readonly(),
  looks: z.strictObject({ search: latencyDigestSchema, product: latencyDigestSchema }),
  /** Checkouts one at a time, the whole and its parts by their `Server-Timing`. */
  checkout: z.strictObject({
    whole: latencyDigestSchema,
    parts: z
      .array(z.strictObject({ name: z.string().max(40), latency: latencyDigestSchema }))
      .max(20)
      .readonly(),
  }),
  ramp: z.strictObject({
    steps: z.array(stepSchema).max(50).readonly(),
    keptUpPerSecond: z.number().nullable(),
    kneePerSecond: z.number().nullable(),
    because: text,
    limit: z.enum(LIMITS).nullable(),
  }),
  wrong: z.record(z.string().max(200), count),
  refused: count,
});
export type PainsRecord = z.infer<typeof painsRecordSchema>;

/**
 * Reads the text of a record. `place` is only for the message.
 *
 * @throws BanyanError BYN-EVIDENCE-069 with every mistake named
 */
export function parsePains(content: string, place: string): PainsRecord {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw new BanyanError("BYN-EVIDENCE-069", `${place} is not JSON.`, { cause });
  }
  const reading = painsRecordSchema.safeParse(value);
  if (reading.success) return reading.data;
  const mistakes = reading.error.issues.map(({ path, message }) => ({ place: path.join("."), message }));
  const said = mistakes.map((mistake) => `${mistake.place}: ${mistake.message}`).join("; ");
  throw new BanyanError("BYN-EVIDENCE-069", `${place} is not of this version (${said}).`, { mistakes });
}
