import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquireLock, type LockHolder, lockHolder } from "./file-lock.ts";
import { livenessOf, thisProcess } from "./process-identity.ts";

/** Conditions come soon on a quiet machine; a busy one may take its time. */
const PATIENCE_MS = 30_000;

let folder: string;
let path: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-lock-"));
  path = join(folder, "load.lock");
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  rmSync(folder, { recursive: true });
});

function start(script: string, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  return child;
}

async function holdingProcess(purpose: string): Promise<ChildProcess> {
  const child = start("holding.fixture.ts", path, purpose);
  if (child.stdout !== null) await once(child.stdout, "data");
  return child;
}

/** A lock file of this process; with another start time it is a dead one's. */
function plant(change: Partial<LockHolder>): void {
  const holder = {
    token: crypto.randomUUID(),
    ...thisProcess(),
    purpose: "dead",
    since: "2026-01-01T00:00:00Z",
  };
  writeFileSync(path, JSON.stringify({ ...holder, ...change }));
}

describe("acquireLock", () => {
  it("is held by one at a time, says who holds it, and leaves nothing when released", async () => {
    const child = await holdingProcess("banyan next catalog");
    await expect(acquireLock(path, { purpose: "second", waitMs: 0 })).rejects.toMatchObject({
      code: "BYN-EVIDENCE-028",
      detail: expect.stringContaining(`"banyan next catalog" (process ${child.pid}`),
    });
    expect((await lockHolder(path))?.pid).toBe(child.pid);
    const waitedFor: string[] = [];
    const waiting = acquireLock(path, {
      purpose: "second",
      onWait: (holder) => waitedFor.push(holder.purpose),
    });
    await expect.poll(() => waitedFor, { timeout: PATIENCE_MS }).toEqual(["banyan next catalog"]);
    child.kill("SIGKILL");
    const lock = await waiting;
    expect((await lockHolder(path))?.purpose).toBe("second");
    await lock.release();
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("does not take a process for the dead holder because it got the same pid", async () => {
    plant({ started: "1" });
    await using lock = await acquireLock(path, { purpose: "after the dead", waitMs: 0 });
    expect(JSON.parse(readFileSync(path, "utf8")).token).toBe(lock.holder.token);
  });

  it("takes over what a process of an earlier boot left, and waits for one in another container", async () => {
    const [host, , namespace] = thisProcess().realm.split(" ");
    plant({ realm: `${host} another-boot ${namespace}` });
    await (await acquireLock(path, { purpose: "after the boot", waitMs: 0 })).release();
    plant({ realm: "another-host boot pid:[1]", started: "1" });
    await expect(acquireLock(path, { purpose: "x", waitMs: 0 })).rejects.toThrow("BYN-EVIDENCE-028");
  });

  it("refuses a file that is no lock, and leaves it alone", async () => {
    writeFileSync(path, "somebody's notes");
    await expect(acquireLock(path, { purpose: "x" })).rejects.toThrow("BYN-EVIDENCE-029");
    expect(readFileSync(path, "utf8")).toBe("somebody's notes");
    expect(readdirSync(folder)).toEqual(["load.lock"]);
  });

  it("stops waiting when it is told to, with the reason it was told, and leaves nothing", async () => {
    await using _held = await acquireLock(path, { purpose: "first" });
    const stop = new AbortController();
    const waiting = acquireLock(path, {
      purpose: "second",
      signal: stop.signal,
      onWait: () => stop.abort("Ctrl-C"),
    });
    await expect(waiting).rejects.toBe("Ctrl-C");
    expect(readdirSync(folder)).toEqual(["load.lock"]);
  });

  it("lets exactly one of many waiters take over from the dead, again and again", async () => {
    const counter = join(folder, "counter");
    writeFileSync(counter, "0");
    // A dead holder whose taking-over died half-way, too.
    plant({ started: "1" });
    const { token } = JSON.parse(readFileSync(path, "utf8")) as LockHolder;
    const over = JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), token: crypto.randomUUID() });
    writeFileSync(`${path}.${token}.over`, over);
    const counting = Array.from({ length: 6 }, () => start("counting.fixture.ts", path, counter, "15"));
    const killed = await holdingProcess("dies while the others wait");
    killed.kill("SIGKILL");
    const ends = await Promise.all(
      counting.map(async (child) =>
        child.exitCode === null ? (await once(child, "exit"))[0] : child.exitCode,
      ),
    );
    expect(ends).toEqual([0, 0, 0, 0, 0, 0]);
    expect(readFileSync(counter, "utf8")).toBe("90");
    expect(existsSync(path)).toBe(false);
  });
});

it("looks again before it takes over, for another may have done so since", async () => {
  plant({ started: "1" });
  const { token } = JSON.parse(readFileSync(path, "utf8")) as LockHolder;
  const over = await acquireLock(`${path}.${token}.over`, { purpose: "the quicker one, taking over" });
  const waitedFor: string[] = [];
  const slower = acquireLock(path, {
    purpose: "the slower one",
    onWait: ({ purpose }) => waitedFor.push(purpose),
  });
  // Its own file lies ready, so it has seen the dead holder or is about to.
  await expect
    .poll(() => readdirSync(folder).filter((name) => name.includes(`${token}.over.`)), {
      timeout: PATIENCE_MS,
    })
    .toHaveLength(1);
  plant({ purpose: "the quicker one" });
  const theirs = readFileSync(path, "utf8");
  await over.release();
  await expect.poll(() => waitedFor, { timeout: PATIENCE_MS }).toEqual(["the quicker one"]);
  expect(readFileSync(path, "utf8")).toBe(theirs);
  rmSync(path);
  await (await slower).release();
  expect(readdirSync(folder)).toEqual([]);
});

it("tells a living process from a dead one and from a zombie", async () => {
  expect(livenessOf(thisProcess())).toBe("alive");
  const child = await holdingProcess("to die");
  const holder = JSON.parse(readFileSync(path, "utf8")) as LockHolder;
  expect(livenessOf(holder)).toBe("alive");
  child.kill("SIGKILL");
  await expect.poll(() => livenessOf(holder), { timeout: PATIENCE_MS }).toBe("dead");
});
