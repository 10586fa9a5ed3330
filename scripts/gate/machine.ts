import { cpus, release, totalmem } from "node:os";
import type { Bundle } from "@banyan/evidence/bundle/bundle.ts";

/** On what machine a figure was taken; it stands in every bundle. */
export function readMachine(k6Version: string | null): Bundle["machine"] {
  const cores = cpus();
  return {
    cpuModel: cores[0]?.model.trim() || "unknown",
    cores: Math.max(1, cores.length),
    memoryBytes: totalmem(),
    kernel: `${process.platform} ${release()}`,
    node: process.version,
    k6: k6Version,
  };
}
