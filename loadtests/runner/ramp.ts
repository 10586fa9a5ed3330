import { isPastKnee, type RampStep } from "@banyan/evidence/pains/knee.ts";
import { quantileOfSorted, sorted } from "@banyan/evidence/statistics/quantile.ts";
import { journeyOf, meanRequests, REQUESTS, type World } from "../journey/plan.ts";
import { JOURNEY_METRICS, type JourneyFile, type JourneySecrets } from "../k6/journey-file.ts";
import { cpuMsOf, machineMs } from "./cpu.ts";
import type { CsvRow } from "./csv.ts";
import { JOURNEY_SCRIPT } from "./journey.ts";
import { runK6 } from "./k6-run.ts";
import { hostsOf } from "./run-files.ts";
import type { Target } from "./target.ts";

export interface RampOptions {
  readonly target: Target;
  readonly world: World;
  readonly sessions: readonly string[];
  /** Requests a second of each step, ascending; at most 400 (evidence.md: what k6 can do beside a shop on two cores). */
  readonly stepsPerSecond: readonly number[];
  readonly stepMs: number;
  readonly seed: number;
  readonly requestTimeoutMs: number;
  /** The shop's own process, where it runs on this machine. */
  readonly shopPid: number | undefined;
  readonly k6Path: string;
  readonly folder: string;
  readonly signal?: AbortSignal;
  readonly onStep?: (done: number, of: number, perSecond: number) => void;
}

/** More journeys at once than this are no load that a shop keeps up with; they count as dropped. */
const VIRTUAL_CUSTOMERS = 80;
const METRONOME_PER_SECOND = 20;
/** Samples of a step come from k6 within this after its end. */
const ARRIVAL_MS = 400;

/** Raises the load in steps and ends when the knee was seen twice, or at the last step. */
export async function runRamp(options: RampOptions): Promise<readonly RampStep[]> {
  const { target, world, seed, stepsPerSecond, stepMs, signal } = options;
  const mean = meanRequests(seed, world);
  const perMinute = stepsPerSecond.map((rate) => Math.max(1, Math.round((60 * rate) / mean)));
  const file: JourneyFile = {
    base: target.base,
    seed,
    world,
    hosts: hostsOf([target]),
    sideHeader: "x-banyan-side",
    requestTimeoutMs: options.requestTimeoutMs,
    thinkMs: 0,
    virtualCustomers: VIRTUAL_CUSTOMERS,
    steps: perMinute.map((journeysPerMinute) => ({ journeysPerMinute, durationMs: stepMs })),
    metronomePerSecond: METRONOME_PER_SECOND,
  };
  const secrets: JourneySecrets = { headers: {}, sessions: options.sessions };
  const watch = new RampWatch(options, dueBySteps(file));
  await runK6({
    k6Path: options.k6Path,
    script: JOURNEY_SCRIPT,
    folder: options.folder,
    files: { BANYAN_JOURNEY_RUN: file },
    variables: { BANYAN_JOURNEY_SECRETS: JSON.stringify(secrets) },
    metrics: [JOURNEY_METRICS.request, JOURNEY_METRICS.lateness, "dropped_iterations"],
    onStart: (pid) => watch.began(pid),
    onRow: (row) => watch.add(row),
    isOver: () => watch.isOver(),
    ...(signal === undefined ? {} : { signal }),
  });
  watch.end();
  return watch.steps;
}

/** Requests of the journeys that are due in each step: journeys differ too much in length to use their mean. */
function dueBySteps({ steps, seed, world }: JourneyFile): readonly number[] {
  let i = 0;
  let journeys = 0;
  return steps.map(({ journeysPerMinute, durationMs }) => {
    journeys += (journeysPerMinute * durationMs) / 60_000;
    let due = 0;
    for (; i < Math.round(journeys); i++) {
      for (const { kind } of journeyOf(seed, i, world).views) due += REQUESTS[kind];
    }
    return due;
  });
}

interface Cpu {
  readonly atMs: number;
  readonly generator: number | null;
  readonly shop: number | null;
  readonly machine: { readonly busy: number; readonly idle: number };
}

interface StepSamples {
  readonly latencies: number[];
  readonly lateness: number[];
  wrong: number;
  dropped: number;
}

/** Sorts samples into steps as they come, and closes each step when its time is over. */
class RampWatch {
  readonly steps: RampStep[] = [];
  readonly #options: RampOptions;
  readonly #due: readonly number[];
  readonly #samples: StepSamples[];
  #k6Pid: number | undefined;
  /** k6's start on our clock, known from its first sample. */
  #beganAtMs: number | undefined;
  #before: Cpu | undefined;

  constructor(options: RampOptions, due: readonly number[]) {
    this.#options = options;
    this.#due = due;
    this.#samples = options.stepsPerSecond.map(() => ({
      latencies: [],
      lateness: [],
      wrong: 0,
      dropped: 0,
    }));
  }

  began(pid: number): void {
    this.#k6Pid = pid;
  }

  add({ metric, value, tags, metadata }: CsvRow): void {
    const atMs = Number(metadata.get("at") ?? Number.NaN);
    if (this.#beganAtMs === undefined && Number.isFinite(atMs)) {
      this.#beganAtMs = performance.now() - atMs;
      this.#before = this.#readCpu();
    }
    const { stepMs } = this.#options;
    // k6 does not say when it dropped a journey: it belongs to the step under way.
    const elapsedMs = Number.isFinite(atMs)
      ? atMs
      : performance.now() - (this.#beganAtMs ?? performance.now());
    const samples = this.#samples[Math.floor(elapsedMs / stepMs)];
    if (samples === undefined) return;
    if (metric === JOURNEY_METRICS.lateness) samples.lateness.push(value);
    else if (metric === JOURNEY_METRICS.request) {
      samples.latencies.push(value);
      const wrong = tags.get("wrong") ?? "unsaid";
      if (wrong !== "" && wrong !== "refused") samples.wrong += 1;
    } else samples.dropped += value;
  }

  isOver(): boolean {
    const { stepMs, stepsPerSecond, onStep } = this.#options;
    if (this.#beganAtMs === undefined) return false;
    const elapsedMs = performance.now() - this.#beganAtMs - ARRIVAL_MS;
    while (this.steps.length < stepsPerSecond.length && elapsedMs >= (this.steps.length + 1) * stepMs) {
      this.#close();
      onStep?.(this.steps.length, stepsPerSecond.length, stepsPerSecond[this.steps.length - 1] ?? 0);
    }
    return this.steps.length === stepsPerSecond.length || isPastKnee(this.steps);
  }

  /** k6 may end a moment before the last step is closed. */
  end(): void {
    const { stepsPerSecond } = this.#options;
    if (this.#beganAtMs === undefined || isPastKnee(this.steps)) return;
    if (this.steps.length === stepsPerSecond.length - 1) this.#close();
  }

  #close(): void {
    const n = this.steps.length;
    const { stepsPerSecond, stepMs } = this.#options;
    const samples = this.#samples[n] ?? { latencies: [], lateness: [], wrong: 0, dropped: 0 };
    const before = this.#before;
    const now = this.#readCpu();
    this.#before = now;
    const ascending = sorted(samples.latencies);
    const quantile = (p: number) => (ascending.length === 0 ? null : quantileOfSorted(ascending, p));
    const cores = (read: (cpu: Cpu) => number | null): number | null => {
      const [from, to] = [before === undefined ? null : read(before), read(now)];
      return from === null || to === null || before === undefined
        ? null
        : Math.max(0, (to - from) / (now.atMs - before.atMs));
    };
    this.steps.push({
      targetPerSecond: stepsPerSecond[n] ?? 0,
      durationMs: stepMs,
      due: this.#due[n] ?? 0,
      answered: samples.latencies.length,
      p50Ms: quantile(0.5),
      p95Ms: quantile(0.95),
      p99Ms: quantile(0.99),
      wrong: samples.wrong,
      dropped: samples.dropped,
      latenessP99Ms: samples.lateness.length === 0 ? null : quantileOfSorted(sorted(samples.lateness), 0.99),
      generatorCores: cores(({ generator }) => generator),
      shopCores: cores(({ shop }) => shop),
      machineRatio: before === undefined ? null : busyRatio(before.machine, now.machine),
    });
  }

  #readCpu(): Cpu {
    const { shopPid } = this.#options;
    return {
      atMs: performance.now(),
      generator: this.#k6Pid === undefined ? null : cpuMsOf(this.#k6Pid),
      shop: shopPid === undefined ? null : cpuMsOf(shopPid),
      machine: machineMs(),
    };
  }
}

function busyRatio(before: Cpu["machine"], now: Cpu["machine"]): number | null {
  const busy = now.busy - before.busy;
  const all = busy + now.idle - before.idle;
  return all <= 0 ? null : Math.min(1, Math.max(0, busy / all));
}
