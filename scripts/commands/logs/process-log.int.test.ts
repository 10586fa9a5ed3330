import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LogLine } from "./line.ts";
import { loggedProcesses, ProcessLog } from "./process-log.ts";

let folder: string;
let path: string;
let log: ProcessLog;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-logs-"));
  path = join(folder, "proxy.log");
  log = new ProcessLog(folder, "proxy", () => true);
});
afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

async function read(lines: AsyncIterable<readonly LogLine[]>): Promise<string[]> {
  const out: string[] = [];
  for await (const batch of lines) out.push(...batch.map(({ raw }) => raw));
  return out;
}

test("the run before comes first, and half a line at an end is given as it is", async () => {
  writeFileSync(`${path}.previous`, "old 1\nold 2 cut");
  writeFileSync(path, "new 1\r\nnew 2\nnew 3 cut");
  expect(await read(log.all(false))).toEqual(["old 1", "old 2 cut", "new 1", "new 2", "new 3 cut"]);
  expect(await loggedProcesses(folder)).toEqual(["proxy"]);
});

test("lines without a time at a file's beginning have that of the file, until a line says one", async () => {
  const began = Date.now() - 5_000;
  writeFileSync(path, `plain\n{"level":30,"time":"2026-11-22T18:00:00.000Z"}\nafter\n`);
  const lines: LogLine[] = [];
  for await (const batch of log.all(false)) lines.push(...batch);
  expect(lines[0]?.timeMs).toBeGreaterThan(began);
  expect(lines.slice(1).map(({ timeMs }) => timeMs)).toEqual([Date.parse("2026-11-22T18:00:00Z"), undefined]);
});

test("lines longer than a piece, and letters cut by one, come whole", async () => {
  const long = "ü".repeat(100_000);
  writeFileSync(path, `a${long}\n${long}\nend\n`);
  expect(await read(log.all(false))).toEqual([`a${long}`, long, "end"]);
});

test("something that writes no line ends does not fill the memory", async () => {
  writeFileSync(path, "x".repeat(3_000_000));
  const lines = await read(log.all(false));
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.join("")).toHaveLength(3_000_000);
});

test("following waits for a line's other half, and goes over to a restarted process' new file without losing a line", async () => {
  writeFileSync(path, "1\n2 ha");
  expect(await read(log.all(true))).toEqual(["1"]);
  expect(await read(log.more())).toEqual([]);
  appendFileSync(path, "lf\n3 la");
  expect(await read(log.more())).toEqual(["2 half"]);
  appendFileSync(path, "st");
  renameSync(path, `${path}.previous`);
  writeFileSync(path, "new 1\n");
  expect(await read(log.more())).toEqual(["3 last", "new 1"]);
  appendFileSync(path, "new 2\n");
  expect(await read(log.more())).toEqual(["new 2"]);
});

test("following takes up a file that was emptied, and one that was not there", async () => {
  expect(await read(log.all(true))).toEqual([]);
  writeFileSync(path, "first, rather long\n");
  expect(await read(log.more())).toEqual(["first, rather long"]);
  truncateSync(path);
  appendFileSync(path, "again\n");
  expect(await read(log.more())).toEqual(["again"]);
  rmSync(path);
  expect(await read(log.more())).toEqual([]);
});
