import { expectedOf, type LeftOut, record, wrongBy } from "../corpus/record.ts";
import type { Ask, RecordedRequest } from "../corpus/request.ts";
import type { DuetOptions } from "./options.ts";
import type { PreparedRun } from "./run-files.ts";
import { signInAll } from "./sessions.ts";
import { openAsker, openTarget, type Target } from "./target.ts";
import { learnWorld } from "./world.ts";

/** The targets, judged and reached, and the corpus as arm a answers it now. */
export type PreparedCorpus = Pick<
  PreparedRun,
  "targets" | "requests" | "alsoRight" | "routes" | "journey"
> & {
  readonly leftOut: readonly LeftOut[];
};

/** Throws BYN-EVIDENCE-051 … -057, and -067 where the background is journeys, for a target before anything is asked of it. */
export async function prepareCorpus(options: DuetOptions): Promise<PreparedCorpus> {
  const { a, b, background, allowedHosts, ignores, signal } = options;
  const targets = {
    a: await openTarget(a.url, allowedHosts),
    b: await openTarget(b.url, allowedHosts),
    ...(background === undefined ? {} : { background: await openTarget(background.url, allowedHosts) }),
  };
  const askA = openAsker(targets.a, a.headers);
  const askB = openAsker(targets.b, b.headers);
  try {
    const corpus = typeof options.corpus === "function" ? await options.corpus(askA.ask) : options.corpus;
    const recording = await record(corpus, askA.ask, {
      ignores,
      ...(signal === undefined ? {} : { signal }),
    });
    return {
      targets,
      ...(await journeyOf(options, targets.background)),
      ...recording,
      alsoRight: await alsoRightAt(askB.ask, recording.requests, options),
      routes: [...new Set(recording.requests.map(({ route }) => route))].sort(),
    };
  } finally {
    askA.close();
    askB.close();
  }
}

/** What the background's journeys need, asked and signed in where they will walk, with arm a's headers. */
async function journeyOf(
  { background, a, signal }: DuetOptions,
  target: Target | undefined,
): Promise<Pick<PreparedRun, "journey">> {
  if (background?.journey === undefined || target === undefined) return {};
  const asker = openAsker(target, a.headers);
  try {
    const world = await learnWorld(asker.ask);
    return { journey: { world, sessions: await signInAll(asker, background.journey.accounts, signal) } };
  } finally {
    asker.close();
  }
}

/**
 * Asks arm b for everything once. An answer that says the same in another spelling (JSON members in another order)
 * gives a second digest to check by, so that arm b's answers cost k6 no more than arm a's. It also warms arm b, which
 * arm a's recording did for arm a. What b answers wrongly, or not at all, is left to the run to count.
 */
async function alsoRightAt(
  ask: Ask,
  requests: readonly RecordedRequest[],
  { ignores, signal }: DuetOptions,
): Promise<readonly (readonly string[])[]> {
  const also: string[][] = requests.map(() => []);
  const queue = requests.entries();
  let failures = 0;
  const worker = async () => {
    for (const [i, { path, expected }] of queue) {
      signal?.throwIfAborted();
      // A side that is down is measured, not waited for request by request.
      if (failures >= MAX_FAILURES) return;
      try {
        const got = expectedOf(await ask(path));
        if (got.digest !== expected.digest && wrongBy(expected, got, ignores) === undefined)
          also[i] = [got.digest];
      } catch {
        failures += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return also;
}

const CONCURRENCY = 4;
const MAX_FAILURES = 5;
