import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { BanyanError, type Mistake } from "@banyan/contracts/errors/banyan-error.ts";
import type { CorpusRequest } from "./request.ts";

const LINE = /^GET\s+(\S+)(?:\s+(\S+))?$/;
/** Visible ASCII but `#`: what a request target may hold (RFC 9112 §3.2.1), without a fragment. */
const TARGET = /^\/[\x21\x22\x24-\x7e]*$/;

const MAX_BYTES = 1_000_000;
const MAX_REQUESTS = 10_000;
/** More mistakes than these help nobody to mend the file. */
const MAX_MISTAKES = 20;

/** The corpus of a comparison that names no requests: just the front page. */
export const FRONT_PAGE: readonly CorpusRequest[] = [{ path: "/", route: "GET /", weight: 1 }];

/**
 * Reads a file of requests: a regular one of at most 1 MB, so that neither a device nor a pipe nor a wrong name fills the
 * memory or waits for ever. Throws BYN-EVIDENCE-050, also when it can't be read.
 */
export function readRequests(file: string): readonly CorpusRequest[] {
  let text: string | undefined;
  try {
    text = textOf(file);
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new BanyanError("BYN-EVIDENCE-050", `${file} can't be read${why}`, { cause });
  }
  if (text === undefined) {
    throw new BanyanError("BYN-EVIDENCE-050", `${file} is not a regular file of at most ${MAX_BYTES} bytes`);
  }
  return parseRequests(text, file);
}

/** Undefined for what is no regular file, or too large, whatever its size was said to be. */
function textOf(file: string): string | undefined {
  // Opening a pipe that nobody writes to would wait for ever.
  const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(handle).isFile()) return undefined;
    const bytes = Buffer.alloc(MAX_BYTES + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(handle, bytes, length, bytes.length - length, null);
    }
    return length > MAX_BYTES ? undefined : bytes.toString("utf8", 0, length);
  } finally {
    closeSync(handle);
  }
}

/**
 * Reads the text of a `--requests` file: one `GET /path` per line, with a weight after it where wanted (1 otherwise); blank
 * lines and lines that begin with `#` are skipped; at most 10,000 different requests. The route of a line is its path without the query.
 * Throws BYN-EVIDENCE-050 with every mistake and its line.
 */
export function parseRequests(text: string, file: string): readonly CorpusRequest[] {
  const mistakes: Mistake[] = [];
  const requests = new Map<string, CorpusRequest>();
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const request = parseLine(line);
    if (typeof request === "string") {
      mistakes.push({ place: `${file}:${index + 1}`, message: request });
    } else {
      const weight = request.weight + (requests.get(request.path)?.weight ?? 0);
      requests.set(request.path, { ...request, weight });
    }
  }
  if (mistakes.length === 0 && requests.size === 0) {
    mistakes.push({ place: file, message: "holds no request" });
  }
  if (requests.size > MAX_REQUESTS) {
    mistakes.unshift({ place: file, message: `holds more than ${MAX_REQUESTS} different requests` });
  }
  const more = mistakes.length - MAX_MISTAKES;
  if (more > 0) mistakes.splice(MAX_MISTAKES, more, { place: file, message: `${more} more mistakes` });
  if (mistakes.length > 0) {
    const [first] = mistakes;
    throw new BanyanError("BYN-EVIDENCE-050", `${first?.place}: ${first?.message}`, { mistakes });
  }
  return [...requests.values()];
}

/** The request, or what is wrong with the line. */
function parseLine(line: string): CorpusRequest | string {
  const [, path, weightText = "1"] = LINE.exec(line) ?? [];
  if (path === undefined) return "must be `GET /path` and, where wanted, a weight; only GET is replayed";
  if (!TARGET.test(path)) return "the path must begin with / and be percent-encoded ASCII without #";
  const weight = Number(weightText);
  if (!(weight > 0 && weight <= 1_000_000)) return `the weight ${weightText} is not a number above 0`;
  return { path, route: `GET ${path.split("?", 1)[0]}`, weight };
}
