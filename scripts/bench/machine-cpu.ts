import { readFileSync } from "node:fs";

/** Seconds of all cores together since the machine started. */
export interface MachineCpu {
  readonly busyS: number;
  readonly totalS: number;
}

/** The first line of `/proc/stat` (proc_stat(5)): user nice system idle iowait irq softirq steal, in hundredths. */
export function parseMachineCpu(text: string): MachineCpu {
  const fields = /^cpu +(.*)$/m.exec(text)?.[1]?.split(" ").map(Number) ?? [];
  // Guests' time (fields 9 and 10) is in user and nice already.
  const total = fields.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0);
  const idle = (fields[3] ?? 0) + (fields[4] ?? 0);
  return { busyS: (total - idle) / 100, totalS: total / 100 };
}

export function readMachineCpu(): MachineCpu {
  return parseMachineCpu(readFileSync("/proc/stat", "utf8"));
}
