import { createHash } from "node:crypto";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { type IgnorePath, isJson, mediaTypeOf, sameJson } from "./canonical.ts";
import type { Answer, Ask, CorpusRequest, Expected, RecordedRequest } from "./request.ts";

/** A request that the recording left out, and why, in words. */
export interface LeftOut {
  readonly path: string;
  readonly route: string;
  readonly reason: string;
}

export interface Recording {
  readonly requests: readonly RecordedRequest[];
  readonly leftOut: readonly LeftOut[];
}

export interface RecordingOptions {
  readonly ignores: readonly IgnorePath[];
  /** How much of the corpus, by weight, may be left out. */
  readonly maxLeftOutRatio?: number;
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
}

const MAX_LEFT_OUT_RATIO = 0.05;
const CONCURRENCY = 4;

/**
 * Asks one side for every request of a corpus, twice. A request that is answered differently the second time is
 * noise: no answer of the other side could be called wrong by it, so it is left out and told. So is one that the
 * side itself fails (5xx). Throws BYN-EVIDENCE-056 when more than `maxLeftOutRatio` of the weight is left out, and
 * what `ask` throws.
 */
export async function record(
  corpus: readonly CorpusRequest[],
  ask: Ask,
  options: RecordingOptions,
): Promise<Recording> {
  const first = await askAll(corpus, ask, options);
  const second = await askAll(corpus, ask, options);
  const requests: RecordedRequest[] = [];
  const leftOut: LeftOut[] = [];
  let weight = 0;
  let weightOut = 0;
  for (const [i, request] of corpus.entries()) {
    const answer = first[i];
    const again = second[i];
    if (answer === undefined || again === undefined) continue;
    weight += request.weight;
    const reason = reasonToLeaveOut(answer, again, options.ignores);
    if (reason === undefined) {
      requests.push({ ...request, expected: expectedOf(answer) });
    } else {
      weightOut += request.weight;
      leftOut.push({ path: request.path, route: request.route, reason });
    }
  }
  const allowed = options.maxLeftOutRatio ?? MAX_LEFT_OUT_RATIO;
  if (requests.length === 0 || weightOut > allowed * weight)
    throw tooNoisy(leftOut, weightOut / weight, allowed);
  return { requests, leftOut };
}

export function expectedOf(answer: Answer): Expected {
  return {
    status: answer.status,
    mediaType: mediaTypeOf(answer.headers["content-type"]),
    digest: createHash("sha256").update(answer.body).digest("hex"),
    body: answer.body,
  };
}

/** Status, media type and content, the same three that k6 checks; the reason in words when they are not the same. */
export function wrongBy(
  expected: Expected,
  got: Expected,
  ignores: readonly IgnorePath[],
): "status" | "media type" | "content" | undefined {
  if (expected.status !== got.status) return "status";
  if (expected.mediaType !== got.mediaType) return "media type";
  if (expected.digest === got.digest) return undefined;
  const same = isJson(expected.mediaType) && sameJson(text(expected.body), text(got.body), ignores);
  return same ? undefined : "content";
}

export function text(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
}

function reasonToLeaveOut(first: Answer, second: Answer, ignores: readonly IgnorePath[]): string | undefined {
  if (first.status >= 500) return `the side itself answers ${first.status}`;
  const wrong = wrongBy(expectedOf(first), expectedOf(second), ignores);
  return wrong === undefined ? undefined : `two recordings differ in their ${wrong}`;
}

function tooNoisy(leftOut: readonly LeftOut[], ratio: number, allowed: number): BanyanError {
  const percent = (100 * ratio).toFixed(1);
  const mistakes = leftOut.slice(0, 20).map(({ path, reason }) => ({ place: path, message: reason }));
  return new BanyanError(
    "BYN-EVIDENCE-056",
    `${leftOut.length} requests (${percent} % of the weight) can't be compared; ${100 * allowed} % is allowed`,
    { mistakes },
  );
}

/** Asks in the corpus's order, a few at a time; the first failure ends it. */
export async function askAll(
  corpus: readonly CorpusRequest[],
  ask: Ask,
  { concurrency = CONCURRENCY, signal }: Pick<RecordingOptions, "concurrency" | "signal">,
): Promise<readonly Answer[]> {
  const answers: Answer[] = new Array(corpus.length);
  const queue = corpus.entries();
  const worker = async () => {
    for (const [i, request] of queue) {
      signal?.throwIfAborted();
      answers[i] = await ask(request.path);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return answers;
}
