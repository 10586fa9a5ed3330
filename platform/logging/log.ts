import { destination, type Logger, pino, stdSerializers } from "pino";
import { spanFields } from "../telemetry/span.ts";
import { Gathered } from "./gathered.ts";
import { isoClock } from "./iso-clock.ts";

export type Log = Logger;

/** More than is ever gathered. */
const MAX_WRITE_BYTES = 1_048_576;

/**
 * One JSON line per event on standard output; `name` is the process. Secrets are never given to it. Lines are buffered
 * for a moment, and written at the latest when the process ends: only a `kill -9` loses the last of them.
 */
export function createLog(name: string, level = "info"): Log {
  // It writes when it is flushed: what it began by itself while the process ends might not be finished.
  const output = destination({
    dest: 1,
    sync: false,
    minLength: MAX_WRITE_BYTES - 1,
    maxWrite: MAX_WRITE_BYTES,
  });
  const gathered = new Gathered(output);
  // A reader that went away (a closed pipe) must not end the process that logs.
  output.on("error", () => {});
  process.once("exit", () => {
    try {
      gathered.flushSync();
    } catch {
      // Not open yet, or nobody reads: there is nowhere left to say so.
    }
  });
  const isoTime = isoClock(Date.now);
  return pino(
    {
      name,
      level,
      base: { name, pid: process.pid },
      timestamp: () => `,"time":"${isoTime()}"`,
      serializers: { err: withoutPacket },
      mixin: () => spanFields() ?? NO_SPAN,
      mixinMergeStrategy: withSpan,
    },
    gathered,
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
