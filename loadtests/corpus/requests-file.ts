import { BanyanError, type Mistake } from "@banyan/contracts/errors/banyan-error.ts";
import type { CorpusRequest } from "./request.ts";

const LINE = /^GET\s+(\S+)(?:\s+(\S+))?$/;
/** Visible ASCII but `#`: what a request target may hold (RFC 9112 §3.2.1), without a fragment. */
const TARGET = /^\/[\x21\x22\x24-\x7e]*$/;

/** The corpus of a comparison that names no requests: just the front page. */
export const FRONT_PAGE: readonly CorpusRequest[] = [{ path: "/", route: "GET /", weight: 1 }];

/**
 * Reads a `--requests` file: one `GET /path` per line, with a weight after it where wanted (1 otherwise); blank
 * lines and lines that begin with `#` are skipped. The route of a line is its path without the query.
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
