import { once } from "node:events";
import { readFileSync } from "node:fs";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Bundle } from "@banyan/evidence/bundle/bundle.ts";
import type { Environment } from "../parts/tool.ts";
import { sampleCpu } from "../stack/cpu.ts";
import { parseResidentBytes } from "../stack/memory.ts";
import { ArmProcesses, type Arms } from "./arms.ts";
import { doubtsOf } from "./doubts.ts";
import { ARM_WORDS, ARMS, type Arm, KIND_WORDS, KINDS, type Kind } from "./kinds.ts";
import { readMachineCpu } from "./machine-cpu.ts";
import { turnsOf } from "./order.ts";
import { measureAtRate, type RateReading } from "./rate.ts";
import { requestsOf, STATUS } from "./requests.ts";
import { type Reading, type Row, rowsOf } from "./results.ts";
import type { Saturated, SaturateOrder } from "./saturate.ts";

/** How long and how much. */
export interface BenchPlan {
  readonly rounds: number;
  readonly seed: string;
  readonly connections: number;
  /** Before the first round, each arm and kind: code that has not run often is not what people run. */
  readonly firstWarmUpMs: number;
  readonly warmUpMs: number;
  readonly saturationMs: number;
  /** Of all arms together. */
  readonly ratePerSecond: number;
  readonly rateWarmUpMs: number;
  readonly countedMs: number;
}

const STALLS_IN_A_ROW = 3;

/** About three minutes with six rounds. */
export const PLAN: BenchPlan = {
  rounds: 6,
  seed: "banyan",
  connections: 32,
  firstWarmUpMs: 1_500,
  warmUpMs: 300,
  saturationMs: 1_500,
  ratePerSecond: 300,
  rateWarmUpMs: 500,
  countedMs: 2_500,
};

export interface BenchIo {
  readonly k6Path: string;
  /** Of this run alone. */
  readonly folder: string;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly progress: (label: string, ratio: number) => void;
}

export interface BenchMeasured {
  readonly rows: readonly Row[];
  readonly readings: readonly Reading[];
  readonly doubts: readonly string[];
  /** Share of the whole machine that processes took which are not of the bench. */
  readonly othersRatio: number;
}

export interface BenchResult extends BenchPlan, BenchMeasured {
  readonly machine: Bundle["machine"];
  readonly commit: Bundle["commit"];
  /** ISO 8601. */
  readonly date: string;
}

/**
 * Starts the arms, measures them in turns, stops them whatever happens.
 * @throws BYN-CLI-018 when an arm answers wrongly: a fast wrong answer is no result
 */
export async function benchProxy(plan: BenchPlan, io: BenchIo): Promise<BenchMeasured> {
  const processes = new ArmProcesses(io.folder, io.environment);
  try {
    const arms = await processes.start(io.signal);
    return await measure(plan, io, arms);
  } catch (error) {
    // An arm that went down with us is no finding.
    throw io.signal.aborted ? io.signal.reason : error;
  } finally {
    await processes.stop();
  }
}

async function measure(plan: BenchPlan, io: BenchIo, arms: Arms): Promise<BenchMeasured> {
  const { signal } = io;
  const steps = KINDS.length * ARMS.length * (plan.rounds + 1) + plan.rounds;
  let step = 0;
  const tell = (label: string) => io.progress(label, step++ / steps);
  let stalls = 0;
  const saturate = async (kind: Kind, arm: Arm, durationMs: number): Promise<Saturated> => {
    for (let left = STALLS_IN_A_ROW; ; left--) {
      signal.throwIfAborted();
      const saturated = await asked(arms, kind, arm, plan.connections, durationMs);
      if (saturated.right > 0) return saturated;
      // A machine that stands still for a second is no arm's fault; one that goes on so measures nothing.
      if (left === 0) throw wrongAnswers(kind, arm, `nothing came within ${durationMs} ms, again and again`);
      stalls++;
    }
  };
  for (const kind of KINDS) {
    for (const arm of ARMS) {
      tell(`warming up ${ARM_WORDS[arm]}`);
      await saturate(kind, arm, plan.firstWarmUpMs);
    }
  }
  const self = [{ name: "bench", pid: process.pid }];
  const before = { machine: readMachineCpu(), bench: sampleCpu(self).get("bench") ?? 0 };
  const readings: Reading[] = [];
  let dropped = 0;
  for (let round = 1; round <= plan.rounds; round++) {
    const saturated: Omit<Reading, "values">[] = [];
    const values = new Map<string, Pick<Reading["values"], "requestsPerSecond" | "cpuUs" | "rssBytes">>();
    for (const { kind, arms: order } of turnsOf(plan.seed, round)) {
      for (const arm of order) {
        tell(`round ${round}: ${ARM_WORDS[arm]}, ${KIND_WORDS[kind]}`);
        await saturate(kind, arm, plan.warmUpMs);
        const { right, durationMs, targetCpuMs, generatorCpuMs } = await saturate(
          kind,
          arm,
          plan.saturationMs,
        );
        values.set(`${kind} ${arm}`, {
          requestsPerSecond: right / (durationMs / 1_000),
          cpuUs: (targetCpuMs * 1_000) / right,
          rssBytes: residentBytes(arms.targets[arm].pid),
        });
        saturated.push({
          round,
          kind,
          arm,
          targetCoreRatio: targetCpuMs / durationMs,
          generatorCoreRatio: generatorCpuMs / durationMs,
        });
      }
    }
    tell(`round ${round}: all arms at ${plan.ratePerSecond} requests/s`);
    const rate = await measureAtRate({
      k6Path: io.k6Path,
      folder: io.folder,
      round,
      ports: portsOf(arms),
      cookies: arms.cookies,
      ratePerSecond: plan.ratePerSecond,
      warmUpMs: plan.rateWarmUpMs,
      countedMs: plan.countedMs,
      signal,
    });
    dropped += rate.dropped;
    for (const reading of saturated) {
      const more = values.get(`${reading.kind} ${reading.arm}`);
      const { p50Ms, p99Ms } = rightAt(rate.readings, reading.kind, reading.arm);
      if (more !== undefined) readings.push({ ...reading, values: { ...more, p50Ms, p99Ms } });
    }
  }
  const machine = readMachineCpu();
  const benchS = (sampleCpu(self).get("bench") ?? 0) - before.bench;
  const busyS = machine.busyS - before.machine.busyS;
  const othersRatio = Math.max(0, busyS - benchS) / (machine.totalS - before.machine.totalS);
  return {
    rows: rowsOf(readings),
    readings,
    doubts: doubtsOf(readings, { othersRatio, dropped, stalls }),
    othersRatio,
  };
}

/** One run of the generator against one arm. */
async function asked(
  arms: Arms,
  kind: Kind,
  arm: Arm,
  connections: number,
  durationMs: number,
): Promise<Saturated> {
  const { port, pid } = arms.targets[arm];
  const order: SaturateOrder = {
    port,
    pid,
    requests: requestsOf(kind, `127.0.0.1:${port}`, arms.cookies),
    expectedStatus: STATUS[kind],
    connections,
    durationMs,
  };
  const ended = new AbortController();
  const { generator } = arms;
  try {
    const answer = once(generator, "message", { signal: ended.signal });
    const exit = once(generator, "exit", { signal: ended.signal }).then(() => undefined);
    generator.send(order);
    const message = await Promise.race([answer, exit]);
    if (message === undefined) throw wrongAnswers(kind, arm, "the load generator ended");
    const [said] = message as [Saturated];
    if (said.wrong > 0)
      throw wrongAnswers(
        kind,
        arm,
        `${said.wrong} wrong of ${said.wrong + said.right} (${said.trouble ?? "status"})`,
      );
    return said;
  } finally {
    ended.abort();
  }
}

function rightAt(readings: readonly RateReading[], kind: Kind, arm: Arm): RateReading {
  const found = readings.find((reading) => reading.kind === kind && reading.arm === arm);
  if (found === undefined || found.n === 0) throw wrongAnswers(kind, arm, "nothing came at the fixed rate");
  if (found.wrong > 0) throw wrongAnswers(kind, arm, `${found.wrong} wrong of ${found.n} at the fixed rate`);
  return found;
}

function wrongAnswers(kind: Kind, arm: Arm, what: string): BanyanError {
  return new BanyanError("BYN-CLI-018", `${ARM_WORDS[arm]}, ${KIND_WORDS[kind]}: ${what}`);
}

function portsOf({ targets }: Arms): Record<Arm, number> {
  return { direct: targets.direct.port, express: targets.express.port, banyan: targets.banyan.port };
}

function residentBytes(pid: number): number {
  return parseResidentBytes(readFileSync(`/proc/${pid}/statm`, "utf8"));
}
