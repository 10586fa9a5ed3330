import { availableParallelism } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import pc from "picocolors";
import { sampleCpu } from "../stack/cpu.ts";
import { type MemorySample, sampleMemory } from "../stack/memory.ts";
import { listProcesses, type ProcessStatus } from "../stack/process.ts";
import type { CommandContext } from "./context.ts";

/** What one process of the stack costs, with all that it started. */
export interface Cost {
  readonly name: string;
  /** Proportional set size at the end of the window. */
  readonly memoryBytes: number;
  /** CPU time since its start. */
  readonly cpuS: number;
  /** The same as a share of one core, from its start to now. */
  readonly sinceStartRatio: number;
  /** Share of one core over the window. */
  readonly windowRatio: number;
}

interface Readings {
  readonly atMs: number;
  readonly cpu: ReadonlyMap<string, number>;
}

/** `banyan status --cost`: memory and CPU by process, since their start and over a window from now. Changes nothing. */
export async function costCommand(context: CommandContext, windowMs: number): Promise<void> {
  const { places, screen, signal } = context;
  const running = (await listProcesses(places.home)).filter((each) => each.running);
  if (running.length === 0) throw new BanyanError("BYN-CLI-005", `no process of ${places.home} runs`);
  const before = read(running);
  screen.say(`looking for ${windowMs / 1_000} s …`);
  try {
    await pause(windowMs, undefined, { signal });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
  const costs = costsOf(running, before, read(running), sampleMemory(running));
  const total = totalOf(costs);
  screen.title("Cost");
  screen.table(
    ["process", "memory", "CPU time", "of a core since start", `of a core, last ${windowMs / 1_000} s`],
    [...costs, total].map((cost) => {
      const cells = cellsOf(cost);
      return cost === total ? cells.map((cell) => pc.bold(cell)) : cells;
    }),
  );
  screen.say(
    pc.dim(
      `  memory is the proportional set size: shared pages count once. This machine has ${availableParallelism()} cores.`,
    ),
  );
  screen.result({ windowMs, cores: availableParallelism(), processes: costs, total });
}

/** Pure: what the two readings say. A process that ended in between has no cost any more. */
export function costsOf(
  running: readonly Pick<ProcessStatus, "name" | "startedAt">[],
  before: Readings,
  after: Readings,
  memory: MemorySample,
): Cost[] {
  const windowS = (after.atMs - before.atMs) / 1_000;
  return running.flatMap(({ name, startedAt }) => {
    const cpuS = after.cpu.get(name);
    if (cpuS === undefined) return [];
    const spentS = Math.max(0, cpuS - (before.cpu.get(name) ?? 0));
    const ageS = (after.atMs - Date.parse(startedAt)) / 1_000;
    return {
      name,
      memoryBytes: memory.get(name) ?? 0,
      cpuS,
      sinceStartRatio: ageS > 0 ? cpuS / ageS : 0,
      windowRatio: windowS > 0 ? spentS / windowS : 0,
    };
  });
}

export function totalOf(costs: readonly Cost[]): Cost {
  const sum = (of: (cost: Cost) => number) => costs.reduce((total, cost) => total + of(cost), 0);
  return {
    name: "together",
    memoryBytes: sum((cost) => cost.memoryBytes),
    cpuS: sum((cost) => cost.cpuS),
    sinceStartRatio: sum((cost) => cost.sinceStartRatio),
    windowRatio: sum((cost) => cost.windowRatio),
  };
}

function read(running: readonly ProcessStatus[]): Readings {
  return { atMs: Date.now(), cpu: sampleCpu(running) };
}

function cellsOf({ name, memoryBytes, cpuS, sinceStartRatio, windowRatio }: Cost): string[] {
  const percent = (ratio: number) => `${(ratio * 100).toFixed(1)} %`;
  return [
    name,
    `${Math.round(memoryBytes / 1_048_576)} MiB`,
    `${cpuS.toFixed(1)} s`,
    percent(sinceStartRatio),
    percent(windowRatio),
  ];
}
