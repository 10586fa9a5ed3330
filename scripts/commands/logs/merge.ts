import type { LogLine } from "./line.ts";

interface Head {
  readonly source: AsyncIterator<readonly LogLine[]>;
  batch: readonly LogLine[];
  at: number;
  timeMs: number;
}

/**
 * The lines of several sources in the order of time. Within a source they keep their order: a line without a time, or
 * with one before its predecessor's, stands at its predecessor's. Of each source one batch is held at a time.
 */
export async function* mergeByTime(
  sources: readonly AsyncIterable<readonly LogLine[]>[],
): AsyncGenerator<LogLine> {
  const heads: Head[] = [];
  try {
    for (const source of sources) {
      const head = {
        source: source[Symbol.asyncIterator](),
        batch: [],
        at: 0,
        timeMs: Number.NEGATIVE_INFINITY,
      };
      if (await refilled(head)) heads.push(head);
    }
    while (heads.length > 0) {
      const first = heads.reduce((a, b) => (b.timeMs < a.timeMs ? b : a));
      const line = first.batch[first.at];
      if (line !== undefined) yield line;
      first.at++;
      if (first.at < first.batch.length) timed(first);
      else if (!(await refilled(first))) heads.splice(heads.indexOf(first), 1);
    }
  } finally {
    // Who stops reading in the middle leaves no file open.
    for (const { source } of heads) await source.return?.();
  }
}

/** Takes the next batch that holds a line; false at the end of the source. */
async function refilled(head: Head): Promise<boolean> {
  do {
    const next = await head.source.next();
    if (next.done === true) return false;
    head.batch = next.value;
  } while (head.batch.length === 0);
  head.at = 0;
  timed(head);
  return true;
}

function timed(head: Head): void {
  head.timeMs = Math.max(head.timeMs, head.batch[head.at]?.timeMs ?? head.timeMs);
}
