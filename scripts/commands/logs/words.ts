import pc from "picocolors";
import { LEVELS, type LogLine, withoutColours } from "./line.ts";

const PALETTE = [pc.cyan, pc.magenta, pc.blue, pc.green, pc.yellow] as const;
/** Said in their own places. `name` and `pid` are in every line and say nothing that the process' name does not. */
const PLACED = new Set(["level", "time", "name", "pid", "hostname", "msg", "err", "requestId"]);
const ACCESS = new Set(["method", "path", "status", "side", "durationMs", "route", "ended"]);

/**
 * A line for people: time (UTC, as in the file), process, level, what happened, the rest of its fields. A line that is
 * no JSON stands as it is. What others wrote into a log (a path, a header) is never let through to the terminal's controls.
 * @param processes all that may come, for one width and one colour each
 */
export function wordsOf(line: LogLine, processes: readonly string[], today: string): string {
  const { process, timeMs, level, fields, raw } = line;
  const colour = PALETTE[processes.indexOf(process) % PALETTE.length] ?? pc.cyan;
  const name = colour(process.padEnd(Math.max(...processes.map(({ length }) => length))));
  const body = fields === undefined ? tamed(withoutColours(raw)) : bodyOf(fields);
  return [pc.dim(clock(timeMs, today)), name, levelWord(level), body].join(" ");
}

function bodyOf(fields: Readonly<Record<string, unknown>>): string {
  const access = accessOf(fields);
  const said = access ?? text(fields.msg ?? "");
  const rest = Object.entries(fields)
    .filter(([key]) => !PLACED.has(key) && !(access !== undefined && ACCESS.has(key)))
    .map(([key, value]) => `${tamed(key)}=${text(value)}`);
  if (fields.requestId !== undefined) rest.push(text(fields.requestId));
  const details = rest.length === 0 ? "" : `  ${pc.dim(rest.join(" "))}`;
  return `${said}${details}${errorOf(fields.err)}`;
}

/** An access line (proxy/observe/access-line.ts, platform/http/access-line.ts), as one reads it aloud. */
function accessOf(fields: Readonly<Record<string, unknown>>): string | undefined {
  const { method, path, status, side, durationMs, ended } = fields;
  if (typeof method !== "string" || typeof path !== "string" || typeof status !== "number") return undefined;
  const colour = status >= 500 || status === 0 ? pc.red : status >= 400 ? pc.yellow : pc.green;
  const took = typeof durationMs === "number" ? ` ${durationMs.toFixed(1)} ms` : "";
  const where = typeof side === "string" ? ` ${text(side)}` : "";
  const how = ended === undefined || ended === "complete" ? "" : ` ${pc.yellow(text(ended))}`;
  return `${text(method)} ${text(path)} ${colour(String(status))}${where}${took}${how}`;
}

/** An error's stack, where there is one, a line each. */
function errorOf(err: unknown): string {
  if (typeof err !== "object" || err === null) return err === undefined ? "" : ` ${text(err)}`;
  const { stack, message } = err as { readonly stack?: unknown; readonly message?: unknown };
  const lines = String(stack ?? message ?? JSON.stringify(err)).split("\n");
  return lines.map((line) => `\n    ${pc.dim(tamed(line))}`).join("");
}

function levelWord(level: number | undefined): string {
  const [word = ""] = Object.entries(LEVELS).find(([, value]) => value === level) ?? [];
  const padded = (word || (level === undefined ? "" : String(level))).padEnd(5);
  if (level === undefined || level < LEVELS.info) return pc.dim(padded);
  if (level >= LEVELS.error) return pc.red(padded);
  return level >= LEVELS.warn ? pc.yellow(padded) : padded;
}

/** `18:34:56.835`, with the day where it is not today. */
function clock(timeMs: number | undefined, today: string): string {
  if (timeMs === undefined) return " ".repeat(12);
  const iso = new Date(timeMs).toISOString();
  return iso.startsWith(today) ? iso.slice(11, 23) : iso.slice(0, 23).replace("T", " ");
}

function text(value: unknown): string {
  return tamed(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** Control characters, and those that turn the direction of text, as `\u001b`. */
function tamed(value: string): string {
  return value.replace(CONTROLS, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
