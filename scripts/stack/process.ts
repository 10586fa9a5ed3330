import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { tellingLines } from "../parts/say.ts";
import { type Environment, type RunAs, reasonOf } from "../parts/tool.ts";
import { answers, type Condition, waitFor } from "./condition.ts";
import { requirePort } from "./port.ts";
import { identify, isAlive } from "./process-identity.ts";
import {
  identityOf,
  logPath,
  type ProcessRecord,
  readRecord,
  recordNames,
  removeRecord,
  writeRecord,
} from "./process-record.ts";

export interface ProcessSpec {
  /** Lower case, digits and hyphens: names its record and its log. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Environment;
  readonly cwd?: string;
  readonly as?: RunAs;
  /** Checked before the start; the error names who holds it. */
  readonly port?: number;
  /** An address that must answer 2xx, or a condition that must come true. */
  readonly ready: { readonly url: string } | { readonly condition: Condition };
  readonly readyWithinMs: number;
  readonly stopSignal?: ProcessRecord["stopSignal"];
}

export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  readonly log: string;
  /** Resolves when it ends, with its code or the signal that ended it. */
  readonly ended: Promise<string>;
}

export interface ProcessStatus extends ProcessRecord {
  readonly running: boolean;
}

/**
 * Starts a process that outlives us, in a group of its own, with its output in `.banyan/logs/<name>.log` (the
 * log before it is kept as `.previous`), and waits until it is ready. When it does not get there, or the
 * signal aborts the wait, it is stopped and its record removed.
 * @throws BYN-PARTS-005 port taken · 007 ended before ready · 008 not ready in time · 009 runs already · 014 can't be started
 */
export async function startProcess(
  stateFolder: string,
  spec: ProcessSpec,
  signal?: AbortSignal,
): Promise<RunningProcess> {
  signal?.throwIfAborted();
  const before = await readRecord(stateFolder, spec.name);
  if (before !== null && (await isAlive(identityOf(before))))
    throw new BanyanError("BYN-PARTS-009", `${spec.name} runs already with pid ${before.pid}.`);
  if (spec.port !== undefined) await requirePort(spec.port, spec.name);

  const log = logPath(stateFolder, spec.name);
  const { child, ended, failed } = await spawnWithLog(spec, log);
  if (child.pid === undefined) {
    const cause = await failed;
    throw new BanyanError("BYN-PARTS-014", `${spec.command} can't be started: ${reasonOf(cause)}.`, {
      cause,
    });
  }
  const pid = child.pid;
  const identity = await identify(pid);
  if (identity !== null)
    await writeRecord(stateFolder, {
      name: spec.name,
      ...identity,
      command: spec.command,
      port: spec.port ?? null,
      startedAt: new Date().toISOString(),
      stopSignal: spec.stopSignal ?? "SIGTERM",
      log,
    });
  try {
    await untilReady(spec, ended, log, signal);
  } catch (error) {
    await stopProcess(stateFolder, spec.name);
    throw error;
  }
  child.unref();
  return { name: spec.name, pid, log, ended };
}

/**
 * Stops the process of that name and what is left of its group: its stop signal, then SIGKILL after `graceMs`.
 * Its record goes. A record whose process is gone, even if another one has its pid now, is only removed.
 * @throws BYN-PARTS-010 when it may not be signalled, or lives on.
 */
export async function stopProcess(
  stateFolder: string,
  name: string,
  graceMs = 10_000,
): Promise<"stopped" | "killed" | "not running"> {
  const record = await readRecord(stateFolder, name);
  const identity = record === null ? null : identityOf(record);
  if (record === null || identity === null || !(await isAlive(identity))) {
    await removeRecord(stateFolder, name);
    return "not running";
  }
  const gone = async (withinMs: number) =>
    waitFor(async () => !(await isAlive(identity)), { withinMs, everyMs: 20 });
  try {
    process.kill(record.pid, record.stopSignal);
    const inTime = await gone(graceMs);
    // Its group has its pid as number and can't be reused while a member lives (setpgid(2)).
    killGroup(record.pid);
    if (!(await gone(5_000))) throw new Error("it is still there after SIGKILL");
    await removeRecord(stateFolder, name);
    return inTime ? "stopped" : "killed";
  } catch (cause) {
    const detail = `${name} (pid ${record.pid}) could not be stopped: ${reasonOf(cause)}.`;
    throw new BanyanError("BYN-PARTS-010", detail, { cause });
  }
}

/** Every process that was started and not stopped, whether or not it still runs. */
export async function listProcesses(stateFolder: string): Promise<ProcessStatus[]> {
  const found: ProcessStatus[] = [];
  for (const name of await recordNames(stateFolder)) {
    const record = await readRecord(stateFolder, name);
    if (record !== null) found.push({ ...record, running: await isAlive(identityOf(record)) });
  }
  return found;
}

interface Spawned {
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
  readonly failed: Promise<Error>;
}

async function spawnWithLog(spec: ProcessSpec, log: string): Promise<Spawned> {
  let output: Awaited<ReturnType<typeof open>>;
  try {
    await mkdir(dirname(log), { recursive: true });
    await rename(log, `${log}.previous`).catch(() => undefined);
    output = await open(log, "a", 0o600);
  } catch (cause) {
    throw new BanyanError("BYN-PARTS-013", `${log} can't be written: ${reasonOf(cause)}.`, { cause });
  }
  try {
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: { ...spec.env },
      detached: true,
      stdio: ["ignore", output.fd, output.fd],
      ...spec.as,
    });
    // Listened to at once: a child may fail or end before the next await returns.
    const ended = new Promise<string>((resolve) =>
      child.once("exit", (code, by) => resolve(by === null ? `exit code ${code}` : `signal ${by}`)),
    );
    const failed = new Promise<Error>((resolve) => child.once("error", resolve));
    return { child, ended, failed };
  } finally {
    await output.close();
  }
}

async function untilReady(spec: ProcessSpec, ended: Promise<string>, log: string, signal?: AbortSignal) {
  const condition = "url" in spec.ready ? answers(spec.ready.url) : spec.ready.condition;
  const waiting = new AbortController();
  const either = signal === undefined ? waiting.signal : AbortSignal.any([signal, waiting.signal]);
  const ready = waitFor(condition, { withinMs: spec.readyWithinMs, everyMs: 100, signal: either });
  try {
    const first = await Promise.race([ready, ended]);
    if (first === true) return;
    const shown = tellingLines(await readFile(log, "utf8").catch(() => ""), 8);
    const tail = shown === "" ? `It printed nothing (${log}).` : `Its last lines (${log}):\n${shown}`;
    if (first === false) {
      const seconds = Math.round(spec.readyWithinMs / 1000);
      throw new BanyanError("BYN-PARTS-008", `${spec.name} was not ready within ${seconds} s. ${tail}`);
    }
    throw new BanyanError("BYN-PARTS-007", `${spec.name} ended (${first}) before it was ready. ${tail}`);
  } finally {
    waiting.abort();
    await ready.catch(() => undefined);
  }
}

function killGroup(groupId: number): void {
  try {
    process.kill(-groupId, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
