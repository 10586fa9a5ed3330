import { readdirSync, readFileSync } from "node:fs";
import { assignRoots, type MemoryRoot } from "./memory.ts";

/** USER_HZ: Linux reports times to user space in hundredths of a second, whatever its own clock does (time(7)). */
const TICKS_PER_SECOND = 100;

/** What `/proc/<pid>/stat` says of one process' CPU time, in seconds. */
export interface CpuStat {
  readonly parentPid: number;
  /** Fields 14 and 15: of its own threads, user and system together. */
  readonly ownS: number;
  /** Fields 16 and 17: of children that have ended and were waited for. */
  readonly endedChildrenS: number;
}

/** Reads proc_pid_stat(5) from its last bracket on: the name before it may hold blanks and brackets. */
export function parseCpuStat(text: string): CpuStat | null {
  const fields = text
    .slice(text.lastIndexOf(")") + 1)
    .trim()
    .split(/\s+/)
    .map(Number);
  const [parentPid, user, system, childUser, childSystem] = [1, 11, 12, 13, 14].map((at) => fields[at]);
  if (parentPid === undefined || user === undefined || system === undefined) return null;
  if (childUser === undefined || childSystem === undefined) return null;
  return {
    parentPid,
    ownS: (user + system) / TICKS_PER_SECOND,
    endedChildrenS: (childUser + childSystem) / TICKS_PER_SECOND,
  };
}

/**
 * CPU seconds since their start by name: each root with all that descends from it, the children that have ended
 * counted by who waited for them. A sum of the living alone would shrink whenever a Postgres backend ends.
 */
export function sumCpu(
  stats: ReadonlyMap<number, CpuStat>,
  roots: readonly MemoryRoot[],
): Map<string, number> {
  const parents = new Map([...stats].map(([pid, { parentPid }]) => [pid, parentPid]));
  const seconds = new Map<string, number>();
  for (const [pid, name] of assignRoots(parents, roots)) {
    const { ownS = 0, endedChildrenS = 0 } = stats.get(pid) ?? {};
    seconds.set(name, (seconds.get(name) ?? 0) + ownS + endedChildrenS);
  }
  return seconds;
}

/** Measures once. Linux only: elsewhere it is empty. */
export function sampleCpu(roots: readonly MemoryRoot[]): Map<string, number> {
  const stats = new Map<number, CpuStat>();
  if (process.platform !== "linux") return new Map();
  for (const entry of readdirSync("/proc")) {
    const stat = /^\d+$/.test(entry) ? readCpuStat(Number(entry)) : null;
    if (stat !== null) stats.set(Number(entry), stat);
  }
  return sumCpu(stats, roots);
}

/** One process; null when it is gone. */
export function readCpuStat(pid: number): CpuStat | null {
  try {
    return parseCpuStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return null;
  }
}
