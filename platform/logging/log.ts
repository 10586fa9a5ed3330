import { type Logger, pino } from "pino";

export type Log = Logger;

/** One JSON line per event on standard output; `name` is the process. Secrets are never given to it. */
export function createLog(name: string, level = "info"): Log {
  return pino({ name, level, base: { name, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime });
}
