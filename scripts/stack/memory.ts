import { readdir, readFile } from "node:fs/promises";
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

/** Reads `/proc` once. Processes that end meanwhile count as nothing. Linux only: elsewhere the sample is empty. */
export async function sampleMemory(roots: readonly MemoryRoot[]): Promise<MemorySample> {
  const sample = new Map<string, number>();
  const assigned = assignRoots(await readParents(), roots);
  await Promise.all(
    [...assigned].map(async ([pid, name]) => {
      const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
      sample.set(name, (sample.get(name) ?? 0) + parsePssBytes(text));
    }),
  );
  return sample;
}

/**
 * Samples until it is stopped.
 * @param roots asked anew for each sample: processes come and go
 */
export function startMemorySampler(
  roots: () => Promise<readonly MemoryRoot[]>,
  everyMs = 500,
): { stop(): Promise<MemoryPeak> } {
  let peak: MemoryPeak = { totalBytes: 0, byName: new Map(), samples: 0 };
  let last: Promise<void> = Promise.resolve();
  let busy = false;
  const take = async () => {
    busy = true;
    try {
      peak = higher(peak, await sampleMemory(await roots()));
    } catch {
      // A sample that fails is one sample less; `samples` tells.
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => {
    if (!busy) last = take();
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

async function readParents(): Promise<Map<number, number>> {
  const parents = new Map<number, number>();
  const pids = (await readdir("/proc").catch(() => [])).filter((entry) => /^\d+$/.test(entry));
  await Promise.all(
    pids.map(async (pid) => {
      const stat = parseStat(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""));
      if (stat !== null) parents.set(Number(pid), stat.parentPid);
    }),
  );
  return parents;
}
