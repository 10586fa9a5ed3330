import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { cacheFolder } from "../parts/cache.ts";
import { getK6 } from "../parts/k6.ts";
import { k6Release } from "../parts/k6-release.ts";
import { readCpuStat } from "../stack/cpu.ts";
import { ArmProcesses } from "./arms.ts";
import { ARMS, KINDS } from "./kinds.ts";
import { type BenchIo, benchProxy, PLAN } from "./proxy-bench.ts";

const TINY = {
  ...PLAN,
  rounds: 1,
  connections: 4,
  firstWarmUpMs: 50,
  warmUpMs: 50,
  saturationMs: 300,
  ratePerSecond: 90,
  rateWarmUpMs: 100,
  countedMs: 400,
};

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function io(signal = new AbortController().signal): Promise<BenchIo & { readonly told: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "banyan-bench-test-"));
  folders.push(folder);
  const k6 = await getK6({
    cacheFolder: cacheFolder(process.env),
    moduleFolder: join(import.meta.dirname, "..", "..", "tools", "k6"),
    release: k6Release(process.platform, process.arch),
    env: process.env,
    say: () => {},
  });
  const told: string[] = [];
  const progress = (label: string) => void told.push(label);
  return { k6Path: k6.path, folder, environment: process.env, signal, progress, told };
}

/** Our children that live: what a stopped bench leaves must be none. */
function children(): number[] {
  return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8")
    .split(" ")
    .filter(Boolean)
    .map(Number);
}

test("one small round measures every kind at every arm, and leaves no process", {
  timeout: 120_000,
}, async () => {
  const before = children();
  const options = await io();
  const { rows, readings } = await benchProxy(TINY, options);
  expect(readings).toHaveLength(ARMS.length * KINDS.length);
  for (const { values } of readings) {
    for (const value of Object.values(values)) expect(value).toBeGreaterThanOrEqual(0);
    expect(values.requestsPerSecond).toBeGreaterThan(0);
    expect(values.p50Ms).toBeGreaterThan(0);
  }
  expect(rows).toHaveLength(KINDS.length * 5);
  for (const { overExpress } of rows) expect(overExpress.lower).toBeNull();
  expect(options.told.at(-1)).toContain("round 1: all arms");
  // The proxy really did what it is measured for: half of the users go to each side, tokens and cookies both count.
  const log = readFileSync(join(options.folder, "banyan.log"), "utf8");
  const lines = log.split("\n").filter((line) => line.includes('"path":"/api/products"'));
  const sides = lines.map((line) => JSON.parse(line)).map(({ side, reason }) => `${side} ${reason}`);
  expect(new Set(sides)).toEqual(new Set(["monolith slot", "extracted slot"]));
  expect(children().filter((pid) => !before.includes(pid))).toEqual([]);
});

test("stopped in the middle, it says so and leaves no process", { timeout: 120_000 }, async () => {
  const before = children();
  const stop = new AbortController();
  const options = await io(stop.signal);
  const progress = (label: string) => {
    if (label.startsWith("round 1")) stop.abort(new Error("enough"));
  };
  await expect(benchProxy(TINY, { ...options, progress })).rejects.toThrow("enough");
  expect(children().filter((pid) => !before.includes(pid))).toEqual([]);
});

test("an arm that goes down is an error with a code and no figure", { timeout: 120_000 }, async () => {
  const options = await io();
  const pidOf = () =>
    Number(/"pid":(\d+)/.exec(readFileSync(join(options.folder, "banyan.log"), "utf8"))?.[1]);
  const progress = (label: string) => {
    if (label === "round 1: all arms at 90 requests/s") process.kill(pidOf(), "SIGKILL");
  };
  await expect(benchProxy(TINY, { ...options, progress })).rejects.toMatchObject({ code: "BYN-CLI-018" });
});

test("when one arm does not come up, those before it are stopped", async () => {
  const options = await io();
  const processes = new ArmProcesses(options.folder, process.env);
  const late = new AbortController();
  late.abort(new Error("too late"));
  const before = children();
  await expect(processes.start(late.signal)).rejects.toThrow("too late");
  const started = children().filter((pid) => !before.includes(pid));
  expect(started).toHaveLength(1);
  await processes.stop();
  for (const pid of started) expect(readCpuStat(pid)).toBeNull();
  expect(existsSync(join(options.folder, "upstream.log"))).toBe(true);
});
