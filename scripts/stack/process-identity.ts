import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/**
 * A process that can be told from a later one with the same pid: pids are reused, and `down` must never
 * signal a stranger.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal only for the same process of the same boot. */
  readonly startTime: string;
}

export interface ProcessStat {
  readonly state: string;
  readonly parentPid: number;
  readonly groupId: number;
  /** Clock ticks since boot. */
  readonly startTicks: string;
}

/**
 * Reads `/proc/<pid>/stat` (proc_pid_stat(5)). The second field, the name, may hold blanks and brackets, so
 * the fields are counted from its last bracket.
 */
export function parseStat(text: string): ProcessStat | null {
  const fields = text
    .slice(text.lastIndexOf(")") + 1)
    .trim()
    .split(/\s+/);
  const [state, parentPid, groupId] = fields;
  const startTicks = fields[19];
  if (state === undefined || startTicks === undefined) return null;
  return { state, parentPid: Number(parentPid), groupId: Number(groupId), startTicks };
}

/** The identity of a living process; null when there is none, or only its zombie. */
export async function identify(pid: number, platform = process.platform): Promise<ProcessIdentity | null> {
  return platform === "linux" ? identifyByProc(pid) : identifyByPs(pid);
}

/** True while exactly this process, not another with its pid, is alive. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.startTime === identity.startTime;
}

async function identifyByProc(pid: number): Promise<ProcessIdentity | null> {
  const [text, boot] = await Promise.all([
    readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""),
    readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => ""),
  ]);
  const stat = parseStat(text);
  // A container without an init reaps nobody: a killed process stays as a zombie and is gone for us.
  if (stat === null || stat.state === "Z" || stat.state === "X") return null;
  return { pid, startTime: `${boot.trim()}:${stat.startTicks}` };
}

async function identifyByPs(pid: number): Promise<ProcessIdentity | null> {
  const ps = promisify(execFile)("ps", ["-o", "state=,lstart=", "-p", String(pid)]);
  const line = await ps.then(
    ({ stdout }) => stdout.trim(),
    () => "",
  );
  const [state, ...started] = line.split(/\s+/);
  if (state === undefined || state === "" || state.startsWith("Z")) return null;
  return { pid, startTime: started.join(" ") };
}
