import type { LogLine } from "./line.ts";

export interface Wanted {
  /** Lines of this pino level and above. */
  readonly level: number;
  /** Lines from here on. */
  readonly sinceMs: number;
  readonly requestId: string | undefined;
}

/**
 * A filter for the lines of one process, in their order. A line that says no level (a stack frame, half a line) goes
 * with the one before it: it is mostly the rest of it. Such lines at the very beginning are kept, but not when one
 * request is asked for. A line without a time has its predecessor's; one with none before it is older than any moment.
 */
export function keeper({ level, sinceMs, requestId }: Wanted): (line: LogLine) => boolean {
  let lastTimeMs = Number.NEGATIVE_INFINITY;
  let keptLast = requestId === undefined;
  return (line) => {
    lastTimeMs = line.timeMs ?? lastTimeMs;
    if (lastTimeMs < sinceMs) {
      keptLast = false;
      return false;
    }
    const named = requestId === undefined || names(line, requestId);
    if (line.level === undefined) return keptLast || (requestId !== undefined && named);
    keptLast = line.level >= level && named;
    return keptLast;
  };
}

/** A JSON line names a request when one of its fields is that id; any other line when it holds its text. */
function names(line: LogLine, requestId: string): boolean {
  // Looking at the text first spares most lines the look at their fields.
  if (!line.raw.includes(requestId)) return false;
  const { fields } = line;
  return fields === undefined || Object.values(fields).includes(requestId);
}
