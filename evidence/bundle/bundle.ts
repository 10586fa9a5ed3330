import * as z from "zod";
import { runDigestSchema } from "./run-digest.ts";
import { outcomeSchema, planSchema, protocolSchema, verdictSchema } from "./verdict-schema.ts";

export const BUNDLE_FORMAT = "banyan.bundle";
export const BUNDLE_VERSION = 1;
export const BUNDLE_FILE = "bundle.json";

const text = z.string().max(2_000);
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "64 lower-case hex digits");
const momentSchema = z.iso.datetime();
/** Version 7 only: the name of a folder, so nothing else may pass. */
export const evidenceIdSchema = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, "a UUIDv7");

/** What kind of measurement a bundle holds (design §7); `compare` belongs to no step. */
export const evidenceKindSchema = z.enum([
  "load",
  "compare",
  "parity",
  "shadow",
  "data",
  "drill",
  "rollback",
]);
export type EvidenceKind = z.infer<typeof evidenceKindSchema>;

const stepSchema = z.strictObject({
  capability: z.string().min(1).max(100),
  /** e.g. `catalog:10`, or the name of a numbered script. */
  name: z.string().min(1).max(100),
  percentage: z.number().min(0).max(100),
});

const commitSchema = z.strictObject({
  /** `none` where the working folder is no git checkout. */
  id: z.string().min(1).max(100),
  /** Hash of what was changed but not committed; null if nothing was. */
  dirty: z.string().min(1).max(100).nullable(),
});

/** The files beside bundle.json, one folder deep. */
export const bundleFileSchema = z.strictObject({
  name: z.string().regex(/^(?!bundle\.json$)[A-Za-z0-9][\w.-]{0,99}$/, "a plain file name"),
  bytes: z.int().nonnegative(),
  sha256: sha256Schema,
});
export type BundleFile = z.infer<typeof bundleFileSchema>;

const machineSchema = z.strictObject({
  cpuModel: text,
  cores: z.int().positive(),
  memoryBytes: z.int().positive(),
  kernel: text,
  node: text,
  k6: text.nullable(),
});

/** A duet run: what was fixed before, what was judged, and what the report draws. */
const loadSchema = z.strictObject({
  protocol: protocolSchema,
  plan: planSchema,
  /** Names for people: `monolith` and `extracted`, or two addresses. */
  arms: z.strictObject({ a: text, b: text }),
  verdict: verdictSchema,
  digest: runDigestSchema,
});

/** One thing that was expected, in words, before anything was measured. */
const expectationSchema = z.strictObject({
  what: text,
  expected: text,
  measured: text.nullable(),
  asExpected: z.boolean().nullable(),
});

/** A figure of evidence other than load: `differences: 0 of 1,204`. */
const figureSchema = z.strictObject({ name: text, value: text, ok: z.boolean().nullable() });

export const bundleSchema = z
  .strictObject({
    format: z.literal(BUNDLE_FORMAT),
    version: z.literal(BUNDLE_VERSION),
    id: evidenceIdSchema,
    kind: evidenceKindSchema,
    /** null for a plain compare. */
    step: stepSchema.nullable(),
    attempt: z.int().min(1).max(3),
    commit: commitSchema,
    /** SHA-256 of banyan.yaml's whole text; `text` is the same without secrets. */
    configuration: z.strictObject({ hash: sha256Schema, text: z.string().max(1_000_000) }),
    /** What the flags said when the run began. */
    flags: z.strictObject({ source: text, values: z.record(text, z.json()) }),
    machine: machineSchema,
    verdict: outcomeSchema,
    /** Sentences for people, the deciding one first. */
    reasons: z.array(text).min(1).readonly(),
    expected: z.array(expectationSchema).readonly(),
    figures: z.array(figureSchema).readonly(),
    load: loadSchema.nullable(),
    startedAt: momentSchema,
    endedAt: momentSchema,
    files: z.array(bundleFileSchema).max(50).readonly(),
  })
  .refine((bundle) => bundle.load === null || bundle.load.verdict.verdict === bundle.verdict, {
    path: ["verdict"],
    message: "differs from the verdict of the run",
  })
  .refine((bundle) => (bundle.kind === "load") <= (bundle.load !== null), {
    path: ["load"],
    message: "is missing in evidence of load",
  });

/** What `bundle.json` holds. Its hash names every file's hash, so one hash holds the whole folder. */
export type Bundle = z.infer<typeof bundleSchema>;
export type Expectation = Bundle["expected"][number];
/** All but what sealing fills in. */
export type BundleDraft = Omit<Bundle, "format" | "version" | "id" | "files">;
