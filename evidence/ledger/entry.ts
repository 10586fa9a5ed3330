import * as z from "zod";
import { evidenceIdSchema, evidenceKindSchema } from "../bundle/bundle.ts";
import { canonicalJson } from "../bundle/canonical-json.ts";
import { hashOf } from "../bundle/sha256.ts";
import { outcomeSchema } from "../bundle/verdict-schema.ts";
import { stepKeySchema } from "./step-key.ts";

/** What the first entry's `prev` says. */
export const GENESIS = "0".repeat(64);

const words = z.string().min(1).max(2_000);
const hashSchema = z.string().regex(/^[0-9a-f]{64}$/, "64 lower-case hex digits");
const percentage = z.number().min(0).max(100);
const capability = z.string().min(1).max(100);

/** A bundle was sealed. `key` is null for a plain compare. */
const evidenceBody = z.strictObject({
  bundle: z.strictObject({ id: evidenceIdSchema, hash: hashSchema, kind: evidenceKindSchema }),
  key: stepKeySchema.nullable(),
  verdict: outcomeSchema,
  attempt: z.int().min(1).max(3),
  reason: words,
});

/** The flag was moved up, and these bundles let it. */
const stepBody = z.strictObject({
  key: stepKeySchema,
  from: percentage,
  to: percentage,
  bundles: z.array(evidenceIdSchema).min(1).readonly(),
});

/** The flag was taken back. A rehearsal is done to prove that it can be, and takes no proof away. */
const rollbackBody = z.strictObject({
  capability,
  from: percentage,
  to: percentage,
  rehearsal: z.boolean(),
  why: words,
});

/** Somebody moved the flag by hand; Banyan only saw it. `by` is the name that the flag source gave. */
const manualBody = z.strictObject({
  capability,
  from: percentage.nullable(),
  to: percentage.nullable(),
  by: z.string().max(200).nullable(),
  what: words,
});

const noteBody = z.strictObject({ capability: capability.nullable(), text: words });

const frame = {
  /** From 1, without gaps. */
  seq: z.int().positive(),
  /** ISO 8601, UTC. Clocks may step back, so order is `seq`'s alone. */
  at: z.iso.datetime(),
  prev: hashSchema,
  hash: hashSchema,
};

export const entrySchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...frame, kind: z.literal("evidence"), body: evidenceBody }),
  z.strictObject({ ...frame, kind: z.literal("step"), body: stepBody }),
  z.strictObject({ ...frame, kind: z.literal("rollback"), body: rollbackBody }),
  z.strictObject({ ...frame, kind: z.literal("manual"), body: manualBody }),
  z.strictObject({ ...frame, kind: z.literal("note"), body: noteBody }),
]);

/** One line of the ledger. */
export type LedgerEntry = z.infer<typeof entrySchema>;
export type EntryOf<K extends LedgerEntry["kind"]> = Extract<LedgerEntry, { kind: K }>;

/** What a caller says; the place in the chain is filled in by `appendEntry`. */
export type NewEntry = {
  [K in LedgerEntry["kind"]]: Pick<EntryOf<K>, "at" | "kind" | "body">;
}[LedgerEntry["kind"]];

/**
 * The entry that follows `last` (null: the first one). Each entry holds the hash of the one before, so that
 * changing one shows in all that follow.
 *
 * @throws ZodError when the body is not one of its kind: a defect of the caller
 */
export function appendEntry(last: LedgerEntry | null, entry: NewEntry): LedgerEntry {
  const { at, kind, body } = entry;
  const open = { seq: (last?.seq ?? 0) + 1, at, kind, body, prev: last?.hash ?? GENESIS };
  return entrySchema.parse({ ...open, hash: hashOf(open) });
}

/** The hash that an entry should have: over all of it but the hash itself. */
export function hashOfEntry(entry: LedgerEntry): string {
  const { hash: _own, ...open } = entry;
  return hashOf(open);
}

/** An entry as its line, without the newline: canonical JSON, so that one entry has one spelling. */
export function lineOf(entry: LedgerEntry): string {
  return canonicalJson(entry);
}
