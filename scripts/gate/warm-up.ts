import type { CorpusRequest } from "@banyan/loadtests/corpus/request.ts";
import type { ArmOptions, DuetOptions } from "@banyan/loadtests/runner/options.ts";
import { openAsker, openTarget } from "@banyan/loadtests/runner/target.ts";

/** Enough for V8 to have compiled what every request runs through; a process in service has had far more. */
const REQUESTS = 4_000;
const CONCURRENCY = 4;

/**
 * Sends an arm some thousand requests before a run. A proxy that was started a minute ago answers one millisecond
 * later than the same proxy after four thousand requests: measured cold, a step would be about its compiler. Answers
 * are not looked at here.
 */
export async function warmUp(
  arm: ArmOptions,
  corpus: DuetOptions["corpus"],
  signal: AbortSignal,
): Promise<void> {
  const { ask, close } = openAsker(await openTarget(arm.url, []), arm.headers);
  try {
    const requests = typeof corpus === "function" ? await corpus(ask) : corpus;
    let sent = 0;
    const send = async () => {
      for (
        let next = pathOf(requests, sent++);
        next !== undefined && sent <= REQUESTS;
        next = pathOf(requests, sent++)
      ) {
        signal.throwIfAborted();
        // An arm that does not answer is the run's to judge.
        await ask(next).catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, send));
  } finally {
    close();
  }
}

function pathOf(requests: readonly CorpusRequest[], n: number): string | undefined {
  return requests[n % requests.length]?.path;
}
