import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { keeper, type Wanted } from "./keep.ts";
import { jsonOf, LEVELS, type LogLine, readLine } from "./line.ts";
import { mergeByTime } from "./merge.ts";
import { wordsOf } from "./words.ts";

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 18, 0, second)).toISOString();
const json = (second: number, more: object = {}) =>
  JSON.stringify({ level: 30, time: at(second), msg: "m", ...more });
const all: Wanted = { level: 0, sinceMs: Number.NEGATIVE_INFINITY, requestId: undefined };
const kept = (lines: readonly string[], wanted: Partial<Wanted>) => {
  const keep = keeper({ ...all, ...wanted });
  return lines
    .map((line) => readLine("p", line))
    .filter(keep)
    .map(({ raw }) => raw);
};

test.each([
  [json(1), at(1), LEVELS.info],
  ["2026-11-22 18:34:48.887 UTC [2] WARNING:  no transaction", "2026-11-22T18:34:48.887Z", LEVELS.warn],
  ["2026-11-22 18:34:48.887 UTC [2] STATEMENT:  SELECT '[ERROR]'", "2026-11-22T18:34:48.887Z", undefined],
  ['{"level":30,"time":"2026-11-', undefined, undefined],
  ['{"level":30,"time":"2026-11-22T18:00:01.000Z","msg":"cu', at(1), LEVELS.info],
  ["    at Object.<anonymous> (x.ts:1:1)", undefined, undefined],
  ['{"time":"soon","level":"high"}', undefined, undefined],
  ["", undefined, undefined],
])("`%s` is read as far as it says", (raw, time, level) => {
  const line = readLine("p", raw);
  expect(line.timeMs).toBe(time === undefined ? undefined : Date.parse(time));
  expect(line.level).toBe(level);
  expect(line.raw).toBe(raw);
});

test("Unleash's coloured lines have time and level; their zone is the machine's", () => {
  const line = readLine("unleash", "\u001b[33m[2026-11-22T18:24:55.207] [WARN] db-pool.js - \u001b[39mtwice");
  expect(line).toMatchObject({ level: LEVELS.warn, timeMs: Date.parse("2026-11-22T18:24:55.207") });
  expect(wordsOf(line, ["unleash"], "2026-11-22")).not.toContain("\\u001b");
});

test("a level keeps what is as bad and worse, with the lines that belong to it", () => {
  const lines = [
    "before all",
    json(1),
    "of 1",
    json(2, { level: 50 }),
    "    at of 2",
    json(3, { level: 40 }),
    "of 3",
  ];
  expect(kept(lines, { level: LEVELS.error })).toEqual(["before all", lines[3], "    at of 2"]);
});

test("since keeps what came from then on; a line without a time came with the one before", () => {
  const lines = ["before all", json(1), "of 1", json(5), "of 5"];
  expect(kept(lines, { sinceMs: Date.parse(at(5)) })).toEqual([lines[3], "of 5"]);
});

test("as JSON every line is an object: what is none is wrapped, without its colours", () => {
  const said = [json(1), "plain \u001b[33mtext", '{"half":', "[1]"].map((raw) => jsonOf(readLine("p", raw)));
  expect(said[0]).toBe(json(1));
  expect(said.slice(1).map((line) => JSON.parse(line))).toEqual([
    { process: "p", text: "plain text" },
    { process: "p", text: '{"half":' },
    { process: "p", text: "[1]" },
  ]);
});

test("a request is found by any field that is its id, and by text in lines that are no JSON", () => {
  const id = "48940d0f-9f43";
  const lines = [
    "unrelated",
    json(1, { requestId: id }),
    "    at its stack",
    json(2, { requestId: `${id}-longer` }),
    json(3, { msg: `speaks of ${id}` }),
    json(4, { parent: id }),
    json(5),
    `half a line {"requestId":"${id}`,
  ];
  expect(kept(lines, { requestId: id })).toEqual([lines[1], lines[2], lines[5], lines[7]]);
});

test("a request is followed from the page over the proxy to the side that answered", async () => {
  const mine = { requestId: "48940d0f-9f43", status: 200, ended: "complete" };
  const api = { ...mine, method: "GET", path: "/api/products", route: "/api/products" };
  const page = { ...mine, method: "GET", path: "/search", route: "/search", durationMs: 30 };
  const other = { ...api, requestId: "48940d0f-0000" };
  async function* source(process: string, ...lines: readonly string[]) {
    const keep = keeper({ ...all, requestId: mine.requestId });
    yield lines.map((raw) => readLine(process, raw)).filter(keep);
  }
  const processes = ["catalog", "monolith", "proxy"];
  const said: string[] = [];
  const merged = mergeByTime([
    source("monolith", json(4, page)),
    source("proxy", json(2, other), json(3, { ...api, durationMs: 4.25, side: "extracted" })),
    source("catalog", json(1, other), json(2, { ...api, durationMs: 3.5 })),
  ]);
  for await (const line of merged) {
    said.push(stripVTControlCharacters(wordsOf(line, processes, "2026-11-22")).trimEnd());
  }
  expect(said).toEqual([
    "18:00:02.000 catalog  info  GET /api/products 200 3.5 ms  48940d0f-9f43",
    "18:00:03.000 proxy    info  GET /api/products 200 extracted 4.3 ms  48940d0f-9f43",
    "18:00:04.000 monolith info  GET /search 200 30.0 ms  48940d0f-9f43",
  ]);
});

test("several logs become one in the order of time; in a log the order stays, whatever its clock did", async () => {
  async function* source(process: string, ...batches: readonly (readonly string[])[]) {
    for (const batch of batches) yield batch.map((raw) => readLine(process, raw));
  }
  const a = source("a", [json(1), json(4)], [], ["of 4", json(2), json(9)]);
  const b = source("b", [], [json(3)], [json(5)]);
  const merged: LogLine[] = [];
  for await (const line of mergeByTime([a, b, source("c")])) merged.push(line);
  const said = merged.map(
    ({ process, raw }) => `${process} ${raw.startsWith("{") ? raw.slice(37, 39) : raw}`,
  );
  expect(said).toEqual(["a 01", "b 03", "a 04", "a of 4", "a 02", "b 05", "a 09"]);
});

test("an access line is words; what others wrote into it can't steer the terminal", () => {
  const raw = json(1, {
    requestId: "r-12345678",
    method: "GET",
    path: "/\u001b[2Jx\u202e",
    status: 502,
    side: "extracted",
    durationMs: 17.83,
    ended: "complete",
    code: "BYN-PROXY-010",
    err: { message: "m", stack: "Error: m\n    at x" },
  });
  const words = wordsOf(readLine("proxy", raw), ["proxy", "catalog-worker"], "2026-11-22");
  const plain = stripVTControlCharacters(words);
  expect(plain).toContain("18:00:01.000 proxy          info  GET /\\u001b[2Jx\\u202e 502 extracted 17.8 ms");
  expect(plain).toContain("code=BYN-PROXY-010 r-12345678\n    Error: m\n        at x");
  expect(words).not.toContain("\u001b[2J");
});

test("the day is said where it is not today, and a line that can't be read stands as it is", () => {
  // Colours come and go with the environment (CI, a terminal).
  const plain = (text: string) => stripVTControlCharacters(wordsOf(readLine("p", text), ["p"], "2026-11-23"));
  expect(plain(json(1))).toContain("2026-11-22 18:00:01.000 p info  m");
  expect(plain('{"half":').trim()).toBe('p       {"half":');
});
