import { destination, type Logger, pino, stdSerializers, stdTimeFunctions } from "pino";
import { spanFields } from "../telemetry/span.ts";

export type Log = Logger;

/** Lines are gathered up to this size, or this long, before they are written: a write for each costs 0.1 ms of CPU. */
const BUFFER_BYTES = 4_096;
const FLUSH_MS = 200;

/**
 * One JSON line per event on standard output; `name` is the process. Secrets are never given to it. Lines are buffered
 * for a moment, and written at the latest when the process ends: only a `kill -9` loses the last of them.
 */
export function createLog(name: string, level = "info"): Log {
  const output = destination({ dest: 1, sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS });
  // A reader that went away (a closed pipe) must not end the process that logs.
  output.on("error", () => {});
  process.once("exit", () => {
    try {
      output.flushSync();
    } catch {
      // Not open yet, or nobody reads: there is nowhere left to say so.
    }
  });
  return pino(
    {
      name,
      level,
      base: { name, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: withoutPacket },
      mixin: () => spanFields() ?? NO_SPAN,
      mixinMergeStrategy: withSpan,
    },
    output,
  );
}

const NO_SPAN = {};

/** Node hangs the bytes that its HTTP parser refused on the error: somebody's cookies may be among them. */
function withoutPacket(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { rawPacket: _bytes, ...shown } = stdSerializers.err(error) as ReturnType<
    typeof stdSerializers.err
  > & {
    rawPacket?: unknown;
  };
  return shown;
}

/** pino's own strategy would copy each line, also where there is no span to name. */
function withSpan(line: object, span: object): object {
  return span === NO_SPAN ? line : { ...span, ...line };
}
