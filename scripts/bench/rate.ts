import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { quantileOfSorted, sorted } from "@banyan/evidence/statistics/quantile.ts";
import type { RateRun } from "@banyan/loadtests/k6/rate-run.ts";
import { CsvReader } from "@banyan/loadtests/runner/csv.ts";
import { endedEarly, startK6 } from "@banyan/loadtests/runner/k6-process.ts";
import { ARMS, type Arm, KINDS, type Kind, METHODS, PATHS, POST_BODY } from "./kinds.ts";
import { HEADERS, STATUS } from "./requests.ts";

const SCRIPT = fileURLToPath(new URL("../../loadtests/k6/rate.ts", import.meta.url));

export interface RateOptions {
  readonly k6Path: string;
  readonly folder: string;
  readonly round: number;
  readonly ports: Readonly<Record<Arm, number>>;
  readonly cookies: readonly string[];
  /** Requests a second of all arms together. */
  readonly ratePerSecond: number;
  /** Of each kind. */
  readonly warmUpMs: number;
  readonly countedMs: number;
  readonly signal: AbortSignal;
}

/** The latencies of one kind at one arm. */
export interface RateReading {
  readonly kind: Kind;
  readonly arm: Arm;
  readonly n: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly wrong: number;
}

export interface RateResult {
  readonly readings: readonly RateReading[];
  /** Requests that k6 could not send when they were due. */
  readonly dropped: number;
}

/** All kinds at all arms at a fixed rate, the arms in the same seconds. Throws BYN-EVIDENCE-058 … -060 when k6 fails. */
export async function measureAtRate(options: RateOptions): Promise<RateResult> {
  const { folder, round, signal } = options;
  const home = join(folder, `k6-${round}`);
  await mkdir(home);
  const logPath = join(home, "k6.log");
  const log = await open(logPath, "wx");
  const reader = new CsvReader(["banyan_rate_ms", "dropped_iterations"]);
  const samples = new Map<string, number[]>();
  const wrong = new Map<string, number>();
  let dropped = 0;
  let failure: unknown;
  const take = (chunk: string) => {
    for (const { row } of reader.read(chunk)) {
      if (row.metric === "dropped_iterations") {
        dropped += row.value;
        continue;
      }
      const key = `${row.tags.get("kind")} ${ARMS[Number(row.tags.get("arm"))]}`;
      const values = samples.get(key) ?? [];
      values.push(row.value);
      samples.set(key, values);
      if (row.tags.get("wrong") !== "") wrong.set(key, (wrong.get(key) ?? 0) + 1);
    }
  };
  const onOutput = (chunk: string) => {
    try {
      if (failure === undefined) take(chunk);
    } catch (error) {
      failure = error;
    }
  };
  const variables = { BANYAN_RATE_RUN: JSON.stringify(runOf(options)) };
  const k6 = await startK6({
    k6Path: options.k6Path,
    script: SCRIPT,
    home,
    variables,
    logFd: log.fd,
    onOutput,
  });
  const stop = () => void k6.stop();
  signal.addEventListener("abort", stop);
  try {
    const end = await k6.ended;
    signal.throwIfAborted();
    if (failure !== undefined) throw failure;
    if (end.code !== 0) throw endedEarly(end, logPath);
  } finally {
    signal.removeEventListener("abort", stop);
    await k6.stop();
    await log.close();
  }
  const readings = KINDS.flatMap((kind) =>
    ARMS.map((arm) => {
      const latencies = sorted(samples.get(`${kind} ${arm}`) ?? []);
      return {
        kind,
        arm,
        n: latencies.length,
        p50Ms: quantileOfSorted(latencies, 0.5),
        p99Ms: quantileOfSorted(latencies, 0.99),
        wrong: wrong.get(`${kind} ${arm}`) ?? 0,
      };
    }),
  );
  return { readings, dropped };
}

function runOf({ round, ports, cookies, ratePerSecond, warmUpMs, countedMs }: RateOptions): RateRun {
  const iterations = (ms: number) => Math.ceil((ratePerSecond * ms) / 1_000 / ARMS.length) * ARMS.length;
  return {
    seed: round,
    ratePerSecond,
    bases: ARMS.map((arm) => `http://127.0.0.1:${ports[arm]}`),
    kinds: KINDS.map((name) => ({
      name,
      method: METHODS[name],
      path: PATHS[name],
      body: METHODS[name] === "POST" ? POST_BODY : null,
      status: STATUS[name],
    })),
    headers: HEADERS,
    cookies,
    warmUp: iterations(warmUpMs),
    counted: iterations(countedMs),
  };
}
