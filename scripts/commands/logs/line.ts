/** The levels of pino, by name. */
export const LEVELS = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const;
export type LevelName = keyof typeof LEVELS;

/** One line of a process' log. */
export interface LogLine {
  readonly process: string;
  /** As it stands in the file, without its line end. */
  readonly raw: string;
  /** When it was written; undefined where the line does not say (a stack frame, half a line). */
  readonly timeMs: number | undefined;
  /** A pino level; undefined where the line does not say, and so goes on with the line before it. */
  readonly level: number | undefined;
  /** What a JSON line holds; undefined for any other line. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

/** Reads a line of pino, of Postgres, of Unleash, or of anything at all. Never throws: what it can't read has no fields. */
export function readLine(process: string, raw: string): LogLine {
  const [, pinoLevel, pinoTime = ""] = PINO_HEAD.exec(raw) ?? [];
  if (pinoLevel !== undefined) {
    return {
      process,
      raw,
      ...timeAndLevel({ level: Number(pinoLevel), time: pinoTime }),
      // Taken apart only when somebody looks: of millions of lines few are shown.
      get fields() {
        return readFields(raw);
      },
    };
  }
  const fields = raw.startsWith("{") ? readFields(raw) : undefined;
  if (fields !== undefined) return { process, raw, ...timeAndLevel(fields), fields };
  const plain = withoutColours(raw);
  const [, time, zone] = PLAIN_TIME.exec(plain) ?? [];
  return { process, raw, timeMs: plainTime(time, zone), level: plainLevel(plain), fields: undefined };
}

/** A line for `--json`: as it is where it is an object, else wrapped, so that every line of the output is one. */
export function jsonOf({ process, raw, fields }: LogLine): string {
  const isObject = typeof fields === "object" && fields !== null;
  return isObject ? raw : JSON.stringify({ process, text: withoutColours(raw) });
}

/** How pino begins a line (platform/logging/log.ts). */
const PINO_HEAD = /^\{"level":(\d+),"time":"([^"]+)"/;

/** ESC [ … m: SGR, ECMA-48 §8.3.117; Unleash writes it into files too. */
export function withoutColours(text: string): string {
  return text.includes("\u001b") ? text.replaceAll(COLOURS, "") : text;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
const COLOURS = /\u001b\[[0-9;]*m/g;

function readFields(raw: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

function timeAndLevel({ time, level }: Readonly<Record<string, unknown>>) {
  const timeMs = typeof time === "number" ? time : typeof time === "string" ? Date.parse(time) : Number.NaN;
  return {
    timeMs: Number.isNaN(timeMs) ? undefined : timeMs,
    level: typeof level === "number" ? level : undefined,
  };
}

/** `2026-11-22 18:34:43.700 UTC [20644] LOG:` (Postgres), `[2026-11-22T18:34:43.700] [INFO]` (Unleash's log4js). */
const PLAIN_TIME = /^\[?(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?)(Z| (?:UTC|GMT))?/;
const PLAIN_LEVEL = /^[^"]{0,80}?(?:\] ([A-Z]+\d?): |\[([A-Z]+)\])/;

/** Other zones than these have names that mean nothing by themselves; Postgres writes the machine's own. */
function plainTime(time: string | undefined, zone: string | undefined): number | undefined {
  if (time === undefined) return undefined;
  const timeMs = Date.parse(`${time.replace(" ", "T").slice(0, 23)}${zone === undefined ? "" : "Z"}`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** Postgres' DETAIL, HINT and STATEMENT have none: they belong to the line before them. */
const PLAIN_LEVELS: Readonly<Record<string, number>> = {
  LOG: LEVELS.info,
  NOTICE: LEVELS.info,
  INFO: LEVELS.info,
  WARNING: LEVELS.warn,
  WARN: LEVELS.warn,
  ERROR: LEVELS.error,
  FATAL: LEVELS.fatal,
  PANIC: LEVELS.fatal,
  DEBUG: LEVELS.debug,
  TRACE: LEVELS.trace,
};

function plainLevel(raw: string): number | undefined {
  const [, colon, bracket] = PLAIN_LEVEL.exec(raw) ?? [];
  return PLAIN_LEVELS[colon ?? bracket ?? ""];
}
