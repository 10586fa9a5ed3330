import { cp, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sampleMemory, startMemorySampler } from "./memory.ts";
import { freePort } from "./port.ts";
import { listProcesses, type ProcessSpec, startProcess, stopProcess } from "./process.ts";
import { identify } from "./process-identity.ts";
import { readRecord, recordNames, writeRecord } from "./process-record.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "banyan-process-"));
});
afterEach(async () => {
  for (const name of await recordNames(folder)) await stopProcess(folder, name, 200);
  await rm(folder, { recursive: true, force: true });
});

const run = (script: string, more: Partial<ProcessSpec> = {}): ProcessSpec => ({
  name: "child",
  command: process.execPath,
  args: ["-e", script],
  env: process.env,
  ready: { condition: async () => (await log()).includes("ready") },
  readyWithinMs: 20_000,
  ...more,
});
const log = () => readFile(join(folder, "logs", "child.log"), "utf8");
const lives = async (pid: number) => (await identify(pid)) !== null;
// A minute, so that none outlives a test run that is killed.
const FOREVER = "console.log('ready'); setTimeout(() => {}, 60_000)";
const STUBBORN = `process.on('SIGTERM', () => console.log('no')); ${FOREVER}`;

it("starts a process in a group of its own, lists it, and stops it once", async () => {
  const child = await startProcess(folder, run(FOREVER));
  expect(process.kill(-child.pid, 0)).toBe(true);
  expect(await listProcesses(folder)).toMatchObject([{ name: "child", pid: child.pid, running: true }]);
  expect(await stopProcess(folder, "child")).toBe("stopped");
  expect(await child.ended).toBe("signal SIGTERM");
  expect(await stopProcess(folder, "child")).toBe("not running");
  expect(await listProcesses(folder)).toEqual([]);
});

it("waits until its address answers", async () => {
  const port = await freePort();
  const serve = `setTimeout(() => require('http').createServer((q, s) => s.end('ok')).listen(${port}, '127.0.0.1'), 300)`;
  await startProcess(folder, run(serve, { port, ready: { url: `http://127.0.0.1:${port}/` } }));
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("ok");
  expect(await readRecord(folder, "child")).toMatchObject({ port });
});

it("tells how a process ended that dies before it is ready, with its last words, and forgets it", async () => {
  const dying = run("console.error('no such table: shop'); process.exit(3)");
  await expect(startProcess(folder, dying)).rejects.toMatchObject({
    code: "BYN-PARTS-007",
    detail: expect.stringMatching(/exit code 3.*no such table: shop/s),
  });
  expect(await recordNames(folder)).toEqual([]);
});

it("stops a process that does not get ready in time", async () => {
  const slow = run("console.log(process.pid); setTimeout(() => {}, 60_000)", { readyWithinMs: 1_000 });
  await expect(startProcess(folder, slow)).rejects.toMatchObject({ code: "BYN-PARTS-008" });
  expect(await lives(Number(await log()))).toBe(false);
  expect(await recordNames(folder)).toEqual([]);
});

it("stops a process whose start is aborted", async () => {
  const abort = new AbortController();
  const waiting = run("console.log(process.pid); setTimeout(() => {}, 60_000)", {
    ready: {
      condition: async () => {
        if ((await log()) !== "") abort.abort(new Error("Ctrl-C"));
        return false;
      },
    },
  });
  await expect(startProcess(folder, waiting, abort.signal)).rejects.toThrow("Ctrl-C");
  expect(await lives(Number(await log()))).toBe(false);
});

it("says with a code when the program is missing", async () => {
  const missing = run("", { command: "/nowhere/program" });
  await expect(startProcess(folder, missing)).rejects.toMatchObject({ code: "BYN-PARTS-014" });
});

it("names the holder of a port that is taken, before it starts anything", async () => {
  const port = await freePort();
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(port, "127.0.0.1", resolve));
  try {
    await expect(startProcess(folder, run(FOREVER, { port }))).rejects.toMatchObject({
      code: "BYN-PARTS-005",
      detail: expect.stringContaining(`pid ${process.pid}`),
    });
  } finally {
    await new Promise((resolve) => holder.close(resolve));
  }
});

it("refuses to start a second one of the same name", async () => {
  await startProcess(folder, run(FOREVER));
  await expect(startProcess(folder, run(FOREVER))).rejects.toMatchObject({ code: "BYN-PARTS-009" });
});

it("kills one that ignores SIGTERM after the bound, and what it started", async () => {
  const script = `const c = require('child_process').spawn(process.execPath, ['-e', "${STUBBORN.replaceAll("'ready'", "String(process.pid)")}"], { stdio: 'inherit' }); ${STUBBORN}`;
  const child = await startProcess(
    folder,
    run(script, {
      ready: { condition: async () => /ready/.test(await log()) && /^\d+$/m.test(await log()) },
    }),
  );
  const grandchild = Number(/^\d+$/m.exec(await log())?.[0]);
  expect(await lives(grandchild)).toBe(true);
  expect(await stopProcess(folder, "child", 300)).toBe("killed");
  expect(await lives(child.pid)).toBe(false);
  await expect.poll(() => lives(grandchild)).toBe(false);
});

it("never signals a stranger that has the pid of a dead process", async () => {
  const child = await startProcess(folder, run(FOREVER));
  const record = await readRecord(folder, "child");
  if (record === null) throw new Error("no record");
  await writeRecord(folder, { ...record, name: "stale", startTime: "an earlier boot:1" });
  expect(await listProcesses(folder)).toMatchObject([{ name: "child" }, { name: "stale", running: false }]);
  expect(await stopProcess(folder, "stale")).toBe("not running");
  expect(await lives(child.pid)).toBe(true);
  expect(await recordNames(folder)).toEqual(["child"]);
});

it("leaves the processes of a working folder alone when asked in a copy of it", async () => {
  const child = await startProcess(folder, run(FOREVER));
  const copy = `${folder}-copy`;
  try {
    await cp(folder, copy, { recursive: true });
    expect(await listProcesses(copy)).toEqual([]);
    expect(await stopProcess(copy, "child")).toBe("not running");
    expect(await lives(child.pid)).toBe(true);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
});

it("still knows its processes after the working folder was moved", async () => {
  const child = await startProcess(folder, run(FOREVER));
  const before = folder;
  folder = `${before}-moved`;
  await rename(before, folder);
  expect(await listProcesses(folder)).toMatchObject([{ name: "child", pid: child.pid, running: true }]);
  expect(await stopProcess(folder, "child")).toBe("stopped");
});

it("shows a process that died later as not running, and starts it anew with its old log kept", async () => {
  const first = await startProcess(folder, run(FOREVER));
  process.kill(first.pid, "SIGKILL");
  expect(await first.ended).toBe("signal SIGKILL");
  expect(await listProcesses(folder)).toMatchObject([{ name: "child", running: false }]);
  const second = await startProcess(folder, run(FOREVER));
  expect(second.pid).not.toBe(first.pid);
  expect(await readFile(join(folder, "logs", "child.log.previous"), "utf8")).toContain("ready");
});

it.runIf(process.platform === "linux")("counts the memory of a process and its descendants", async () => {
  const eat = "globalThis.kept = Buffer.alloc(80e6, 1);";
  const script = `require('child_process').spawn(process.execPath, ['-e', "${eat} ${FOREVER}"], { stdio: 'inherit' }); setTimeout(() => {}, 60_000)`;
  const child = await startProcess(folder, run(script));
  expect(sampleMemory([child]).get("child")).toBeGreaterThan(80e6);
  let asked = 0;
  const sampler = startMemorySampler(async () => {
    asked += 1;
    return [child];
  }, 50);
  await expect.poll(() => asked).toBeGreaterThan(2);
  const peak = await sampler.stop();
  expect(peak.byName.get("child")).toBeGreaterThan(80e6);
  expect(peak.totalBytes).toBe(peak.byName.get("child"));
});
