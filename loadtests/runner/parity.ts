import type { Outcome } from "@banyan/evidence/duet/verdict.ts";
import {
  type Difference,
  type IgnorePath,
  isJson,
  jsonDifferences,
  mediaTypeOf,
} from "../corpus/canonical.ts";
import { type LeftOut, text } from "../corpus/record.ts";
import type { Answer, Ask, CorpusRequest } from "../corpus/request.ts";

export interface ParityOptions {
  /** Places of JSON answers that may differ: the declared explanations. */
  readonly ignores: readonly IgnorePath[];
  /** Headers that must be the same besides the content type; lower case. */
  readonly headers?: readonly string[];
  /** Fewer compared requests than this prove nothing. */
  readonly minRequests: number;
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, of: number) => void;
}

/** A request that both sides answered differently, and in which places. */
export interface ParityDifference {
  readonly path: string;
  readonly route: string;
  readonly fields: readonly Difference[];
}

export interface ParityResult {
  readonly verdict: Outcome;
  /** Sentences for people, the deciding one first. */
  readonly reasons: readonly string[];
  readonly compared: number;
  /** All of them; `shown` holds the first twenty. */
  readonly differences: number;
  readonly shown: readonly ParityDifference[];
  readonly byRoute: Readonly<Record<string, { readonly compared: number; readonly differences: number }>>;
  /** Requests that side a does not answer the same twice, or answers with 5xx: nothing to compare with. */
  readonly leftOut: readonly LeftOut[];
}

const SHOWN = 20;
/** Of differences in the verdict's reasons: what people read first should be enough to start looking. */
const EXAMPLES = 3;
const EXAMPLE_LENGTH = 200;
const FIELDS_SHOWN = 10;
const MAX_LEFT_OUT_RATIO = 0.05;
const DEFAULT_HEADERS = ["location", "cache-control"] as const;
const CONCURRENCY = 4;

/**
 * Replays a corpus once to both sides, without load, and compares status, content type, chosen headers and body
 * (JSON as parsed values). Side a is asked again where they differ: if it contradicts itself, the request is left
 * out; else the difference counts. **pass** needs zero differences over at least `minRequests`; any difference is
 * **fail**; too few requests, or more than 5 % left out, is **inconclusive**.
 *
 * Rejects with what side a's `ask` rejects with; a request that side b does not answer is a difference.
 */
export async function runParity(
  corpus: readonly CorpusRequest[],
  sides: { readonly a: Ask; readonly b: Ask },
  options: ParityOptions,
): Promise<ParityResult> {
  const found: (readonly Difference[] | string)[] = new Array(corpus.length);
  const queue = corpus.entries();
  let done = 0;
  const worker = async () => {
    for (const [i, { path }] of queue) {
      options.signal?.throwIfAborted();
      found[i] = await compareOnce(path, sides, options);
      done += 1;
      options.onProgress?.(done, corpus.length);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency ?? CONCURRENCY }, worker));
  return resultOf(corpus, found, options.minRequests);
}

/** The differences of one request, or why it can't be compared. */
async function compareOnce(
  path: string,
  { a, b }: { readonly a: Ask; readonly b: Ask },
  options: ParityOptions,
): Promise<readonly Difference[] | string> {
  const [left, right] = await Promise.all([a(path), b(path).catch(() => undefined)]);
  if (left.status >= 500) return `side a itself answers ${left.status}`;
  if (right === undefined) return [{ place: "answer", left: `status ${left.status}`, right: "(no answer)" }];
  const fields = answerDifferences(left, right, options);
  if (fields.length === 0) return fields;
  const noise = answerDifferences(left, await a(path), options);
  return noise.length === 0 ? fields : `side a answers twice differently in ${noise.map(named).join(", ")}`;
}

/** Field by field; bodies that are no JSON are shown around the first character that differs. */
export function answerDifferences(
  left: Answer,
  right: Answer,
  { ignores, headers = DEFAULT_HEADERS }: Pick<ParityOptions, "ignores" | "headers">,
): readonly Difference[] {
  const found: Difference[] = [];
  const same = (place: string, l: string, r: string) => {
    if (l !== r) found.push({ place, left: l, right: r });
  };
  same("status", String(left.status), String(right.status));
  for (const name of ["content-type", ...headers]) {
    same(`header ${name}`, headerOf(left, name), headerOf(right, name));
  }
  const [l, r] = [text(left.body), text(right.body)];
  if (l === r && Buffer.compare(left.body, right.body) === 0) return found;
  if (isJson(mediaTypeOf(left.headers["content-type"]))) {
    const fields = jsonDifferences(l, r, ignores, FIELDS_SHOWN);
    return [...found, ...fields.map((field) => ({ ...field, place: `body ${field.place}`.trim() }))];
  }
  return [...found, textDifference(l, r)];
}

/** Names of types and their parameters have no case (RFC 9110 §8.3.1), and the space after `;` says nothing. */
function headerOf(answer: Answer, name: string): string {
  const value = answer.headers[name];
  if (value === undefined) return "(missing)";
  return name === "content-type" ? value.toLowerCase().replace(/\s*;\s*/g, ";") : value;
}

const AROUND = 40;

function textDifference(left: string, right: string): Difference {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  const around = (whole: string) => whole.slice(Math.max(0, at - AROUND), at + AROUND);
  return { place: `body at character ${at}`, left: around(left), right: around(right) };
}

function named({ place }: Difference): string {
  return place;
}

function resultOf(
  corpus: readonly CorpusRequest[],
  found: readonly (readonly Difference[] | string)[],
  minRequests: number,
): ParityResult {
  const byRoute: Record<string, { compared: number; differences: number }> = {};
  const differing: ParityDifference[] = [];
  const leftOut: LeftOut[] = [];
  for (const [i, { path, route }] of corpus.entries()) {
    const fields = found[i] ?? "was not asked";
    if (typeof fields === "string") {
      leftOut.push({ path, route, reason: fields });
      continue;
    }
    byRoute[route] ??= { compared: 0, differences: 0 };
    byRoute[route].compared += 1;
    if (fields.length === 0) continue;
    byRoute[route].differences += 1;
    differing.push({ path, route, fields });
  }
  const counts = { compared: corpus.length - leftOut.length, differences: differing.length };
  return {
    ...verdictOf(counts, leftOut.length, minRequests, differing.slice(0, EXAMPLES)),
    ...counts,
    shown: differing.slice(0, SHOWN),
    byRoute,
    leftOut,
  };
}

function verdictOf(
  { compared, differences }: { readonly compared: number; readonly differences: number },
  leftOut: number,
  minRequests: number,
  examples: readonly ParityDifference[],
): Pick<ParityResult, "verdict" | "reasons"> {
  if (differences > 0) {
    const counted = `${differences} of ${compared} requests are answered differently`;
    return { verdict: "fail", reasons: [counted, ...examples.map(exampleOf)] };
  }
  const reasons: string[] = [];
  if (compared < minRequests)
    reasons.push(`only ${compared} requests could be compared (needed: ${minRequests})`);
  if (leftOut > MAX_LEFT_OUT_RATIO * (compared + leftOut)) {
    reasons.push(`${leftOut} requests could not be compared (allowed: ${100 * MAX_LEFT_OUT_RATIO} %)`);
  }
  if (reasons.length > 0) return { verdict: "inconclusive", reasons };
  return { verdict: "pass", reasons: [`all ${compared} requests are answered the same`] };
}

/** `GET /api/products/…: body price.amount: 1250 → 1251` */
function exampleOf({ path, fields }: ParityDifference): string {
  const [first] = fields;
  const difference = first === undefined ? "" : `: ${first.place}: ${first.left} → ${first.right}`;
  const text = `GET ${path}${difference}`;
  return text.length <= EXAMPLE_LENGTH ? text : `${text.slice(0, EXAMPLE_LENGTH - 1)}…`;
}
