import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** CPU time since its start, in milliseconds; null where the system does not tell (proc_pid_stat(5), Linux only). */
export function cpuMsOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the command in brackets and may hold anything; utime and stime are the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    return Number.isFinite(ticks) ? ticks * TICK_MS : null;
  } catch {
    return null;
  }
}

/** Linux counts a process's time in hundredths of a second for every program (USER_HZ). */
const TICK_MS = 10;

/** Milliseconds that all cores together were busy and idle since the machine began. */
export function machineMs(): { readonly busy: number; readonly idle: number } {
  let busy = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    busy += times.user + times.nice + times.sys + times.irq;
  }
  return { busy, idle };
}
