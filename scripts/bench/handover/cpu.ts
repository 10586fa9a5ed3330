import { sampleCpu } from "../../stack/cpu.ts";

/** CPU seconds so far of this process and of the server (`pid`, with all its backends). */
export function cpuSeconds(pid: number | null): number {
  const roots = [{ name: "bench", pid: process.pid }, ...(pid === null ? [] : [{ name: "postgres", pid }])];
  return [...sampleCpu(roots).values()].reduce((sum, seconds) => sum + seconds, 0);
}
