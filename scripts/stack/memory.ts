import { readdirSync, readFileSync } from "node:fs";
import { parseStat } from "./process-identity.ts";

/** A process whose memory counts, with all its descendants, under this name. */
export interface MemoryRoot {
  readonly name: string;
  readonly pid: number;
}

/** Bytes by name, at one moment. */
export type MemorySample = ReadonlyMap<string, number>;

export interface MemoryPeak {
  /** The highest sum of one moment. */
  readonly totalBytes: number;
  readonly byName: ReadonlyMap<string, number>;
  readonly samples: number;
}

/**
 * Proportional set size from `/proc/<pid>/smaps_rollup` (proc_pid_smaps(5)): shared pages are split among their
 * users, so that a sum over Postgres' processes does not count its buffers once each.
 */
export function parsePssBytes(text: string): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}

/**
 * Which name each pid belongs to: its nearest ancestor (or itself) that is a root. A root below another counts for
 * itself. Pids that belong to nobody are left out.
 * @param parents pid → parent's pid
 */
export function assignRoots(
  parents: ReadonlyMap<number, number>,
  roots: readonly MemoryRoot[],
): Map<number, string> {
  const names = new Map(roots.map((root) => [root.pid, root.name]));
  const assigned = new Map<number, string>();
  for (const pid of parents.keys()) {
    // A pid may be reused between two reads of /proc, which can make a ring: bounded.
    let at: number | undefined = pid;
    for (let depth = 0; at !== undefined && depth < 64; depth++) {
      const name = names.get(at);
      if (name !== undefined) {
        assigned.set(pid, name);
        break;
      }
      at = parents.get(at);
    }
  }
  return assigned;
}

/** The highest values of samples so far and one more. */
export function higher(peak: MemoryPeak, sample: MemorySample): MemoryPeak {
  const byName = new Map(peak.byName);
  let totalBytes = 0;
  for (const [name, bytes] of sample) {
    totalBytes += bytes;
    byName.set(name, Math.max(bytes, byName.get(name) ?? 0));
  }
  return { totalBytes: Math.max(totalBytes, peak.totalBytes), byName, samples: peak.samples + 1 };
}

/**
 * Whether a moment may be a new peak for some name, by its resident set (which costs almost nothing to read):
 * it has grown by 2 % or more over what was seen when the last real measurements were taken.
 */
export function mayBePeak(seen: MemorySample, resident: MemorySample): boolean {
  return [...resident].some(([name, bytes]) => bytes > (seen.get(name) ?? 0) * 1.02);
}

/** Measures once. Processes that end meanwhile count as nothing. Linux only: elsewhere the sample is empty. */
export function sampleMemory(roots: readonly MemoryRoot[]): MemorySample {
  return sumBy(roots, (pid) => parsePssBytes(readProc(pid, "smaps_rollup")));
}

/**
 * Samples until it is stopped. Asking the kernel for one process's proportional set walks its pages, 0.5 ms for a
 * Postgres backend and 2–3 ms for a Node: twice a second it would take a share of what a load run measures. So it is
 * asked when the resident sets say that there may be a new peak, and every `atLeastEveryMs`.
 * @param roots asked anew for each sample: processes come and go
 */
export function startMemorySampler(
  roots: () => Promise<readonly MemoryRoot[]>,
  everyMs = 500,
  atLeastEveryMs = 5_000,
): { stop(): Promise<MemoryPeak> } {
  let peak: MemoryPeak = { totalBytes: 0, byName: new Map(), samples: 0 };
  const seen = new Map<string, number>();
  let measuredAt = Number.NEGATIVE_INFINITY;
  const take = async () => {
    const present = await roots();
    const resident = sumBy(present, (pid) => parseResidentBytes(readProc(pid, "statm")));
    if (!mayBePeak(seen, resident) && performance.now() - measuredAt < atLeastEveryMs) return;
    measuredAt = performance.now();
    for (const [name, bytes] of resident) seen.set(name, Math.max(bytes, seen.get(name) ?? 0));
    peak = higher(peak, sampleMemory(present));
  };
  let last: Promise<void> | null = null;
  const timer = setInterval(() => {
    if (last !== null) return;
    // A sample that fails is one sample less; `samples` tells.
    last = take()
      .catch(() => undefined)
      .finally(() => {
        last = null;
      });
  }, everyMs);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await last;
      return peak;
    },
  };
}

/** The resident set from `/proc/<pid>/statm` (its second field, in pages of 4096 bytes; an estimate is enough). */
export function parseResidentBytes(text: string): number {
  return Number(text.split(" ")[1] ?? 0) * 4096;
}

function sumBy(roots: readonly MemoryRoot[], bytesOf: (pid: number) => number): MemorySample {
  const sample = new Map<string, number>();
  for (const [pid, name] of assignRoots(readParents(), roots))
    sample.set(name, (sample.get(name) ?? 0) + bytesOf(pid));
  return sample;
}

function readParents(): Map<number, number> {
  const parents = new Map<number, number>();
  if (process.platform !== "linux") return parents;
  for (const entry of readdirSync("/proc")) {
    const stat = /^\d+$/.test(entry) ? parseStat(readProc(Number(entry), "stat")) : null;
    if (stat !== null) parents.set(Number(entry), stat.parentPid);
  }
  return parents;
}

/** Read at once and not in the background: the kernel answers from memory, and a thread's turn costs ten times more. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
