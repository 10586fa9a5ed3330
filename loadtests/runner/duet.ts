import { open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { planOf } from "@banyan/evidence/duet/protocol.ts";
import type { Verdict } from "@banyan/evidence/duet/verdict.ts";
import { runningSums } from "../corpus/zipf.ts";
import { entryOf, scheduleOf } from "../k6/schedule.ts";
import { CsvReader } from "./csv.ts";
import { endedEarly, type K6Process, startK6 } from "./k6-process.ts";
import {
  checkOptions,
  type DuetIo,
  type DuetOptions,
  type DuetResult,
  REQUEST_TIMEOUT_MS,
} from "./options.ts";
import { type PreparedCorpus, prepareCorpus } from "./prepare.ts";
import { type ProgressEvent, RunningFigures } from "./progress.ts";
import { createRawFile, type RawFile } from "./raw-file.ts";
import { type PreparedRun, writeRunFiles } from "./run-files.ts";
import { readingOf, WANTED_METRICS } from "./samples.ts";
import { RunWatch } from "./watch.ts";
import { WrongTally } from "./wrong-answers.ts";

const SCRIPT = fileURLToPath(new URL("../k6/duet.ts", import.meta.url));
const TICK_MS = 250;

/**
 * Compares two arms by the duet protocol (evidence.md) and judges them. Takes the machine's load lock, records the
 * corpus at arm a, runs k6 and reads its samples as they come, judges at each look that is needed, and stops k6 as
 * soon as a verdict stands.
 *
 * Nothing is left behind when it throws, but k6's log where it says why: BYN-EVIDENCE-051 … -056 (targets and
 * corpus), -058 … -060 and -064 (k6), -061 (aborted), -062 and -065 (options), -063 (arm a lost), -066 (disk), -067
 * (a journey's customer could not sign in).
 */
export async function runDuet(options: DuetOptions, io: DuetIo): Promise<DuetResult> {
  checkOptions(options);
  const plan = planOf(options.protocol, options.ratePerSecond);
  const idle = new RunningFigures(plan).event(1);
  const tell = (phase: ProgressEvent["phase"]) => options.onProgress?.({ ...idle, phase, look: 0 });
  try {
    tell("waiting");
    await using _lock = await io.takeLoadLock(options.signal);
    options.signal?.throwIfAborted();
    tell("recording");
    const corpus = await prepareCorpus(options);
    options.signal?.throwIfAborted();
    const run: PreparedRun = { options, plan, schedule: scheduleOf(plan, options.seed), ...corpus };
    return await runLoad(run, corpus, io);
  } catch (error) {
    if (options.signal?.aborted) {
      throw new BanyanError("BYN-EVIDENCE-061", "k6 is stopped and nothing was stored", { cause: error });
    }
    throw error;
  }
}

async function runLoad(run: PreparedRun, corpus: PreparedCorpus, io: DuetIo): Promise<DuetResult> {
  const home = join(io.folder, "k6-home");
  const paths = {
    samples: join(io.folder, "samples.csv.gz"),
    corpus: join(io.folder, "corpus.json"),
    log: join(io.folder, "k6.log"),
  };
  const log = await open(paths.log, "wx").catch(diskFailed(paths.log));
  const load = new Load(run, createRawFile(paths.samples));
  let k6: K6Process | undefined;
  try {
    const variables = await writeRunFiles(home, run).catch(diskFailed(home));
    const start = { k6Path: io.k6Path, script: SCRIPT, home, variables, logFd: log.fd };
    k6 = await startK6({ ...start, onOutput: (chunk) => load.read(chunk) });
    const verdict = await load.verdict(k6, paths.log);
    await k6.stop();
    await load.raw.close();
    await writeFile(paths.corpus, corpusText(corpus), { flag: "wx" }).catch(diskFailed(paths.corpus));
    return {
      observation: load.watch.observation,
      verdict,
      files: [
        { name: "samples.csv.gz", path: paths.samples },
        { name: "corpus.json", path: paths.corpus },
        { name: "k6.log", path: paths.log },
      ],
      corpus: { requests: corpus.requests, leftOut: corpus.leftOut },
      wrong: load.wrong.result,
      background: { ...load.background },
    };
  } catch (error) {
    await k6?.stop();
    await load.raw.abandon();
    const keepsLog =
      error instanceof BanyanError && ["BYN-EVIDENCE-059", "BYN-EVIDENCE-064"].includes(error.code);
    const remove = keepsLog ? [paths.samples, paths.corpus] : Object.values(paths);
    for (const path of remove) await rm(path, { force: true });
    throw error;
  } finally {
    await log.close();
    await rm(home, { recursive: true, force: true });
  }
}

function diskFailed(path: string): (cause: unknown) => never {
  return (cause) => {
    if (cause instanceof BanyanError) throw cause;
    throw new BanyanError("BYN-EVIDENCE-066", `${path} could not be written`, { cause });
  };
}

/** The samples of one run as they arrive, until a verdict stands. */
class Load {
  readonly watch: RunWatch;
  readonly raw: RawFile;
  readonly background = { sent: 0, wrong: 0, refused: 0, served: {} as Record<string, number> };
  readonly wrong = new WrongTally();
  readonly #run: PreparedRun;
  readonly #reader = new CsvReader(WANTED_METRICS);
  readonly #figures: RunningFigures;
  readonly #cumulative: readonly number[];
  /** When the run began, on our clock; known from its first sample. */
  #beganAtMs: number | undefined;
  #headerWritten = false;
  #over = false;
  #failure: unknown;

  constructor(run: PreparedRun, raw: RawFile) {
    const { options, plan } = run;
    const { a, b } = options;
    this.#run = run;
    this.#cumulative = runningSums(run.requests.map(({ weight }) => weight));
    this.raw = raw;
    this.#figures = new RunningFigures(plan);
    const expectedSide = {
      ...(a.expectedSide === undefined ? {} : { a: a.expectedSide }),
      ...(b.expectedSide === undefined ? {} : { b: b.expectedSide }),
    };
    this.watch = new RunWatch(
      options.protocol,
      plan,
      expectedSide,
      options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    );
  }

  /** Takes k6's output; what comes after the verdict is not part of the evidence. */
  read(chunk: string): void {
    if (this.#over || this.#failure !== undefined) return;
    try {
      const rows = this.#reader.read(chunk);
      if (!this.#headerWritten && this.#reader.header !== undefined) {
        this.raw.write(this.#reader.header);
        this.#headerWritten = true;
      }
      for (const found of rows) this.#take(found);
    } catch (error) {
      this.#failure = error;
    }
  }

  /** Waits for the verdict: looks at what has arrived a few times a second. */
  async verdict(k6: K6Process, logPath: string): Promise<Verdict> {
    const { options } = this.#run;
    let ended = false;
    const end = k6.ended.then((how) => {
      ended = true;
      return how;
    });
    while (true) {
      options.signal?.throwIfAborted();
      if (this.#failure !== undefined) throw this.#failure;
      if (this.raw.failure !== undefined) throw this.raw.failure;
      if (ended) {
        const how = await end;
        if (how.code !== 0 || this.#beganAtMs === undefined) throw endedEarly(how, logPath);
      }
      const verdict = this.#beganAtMs === undefined ? undefined : this.watch.verdict(this.#nowMs(), ended);
      if (verdict !== undefined) {
        this.#over = true;
        options.onProgress?.({ ...this.#figures.event(this.watch.look), phase: "judged" });
        return verdict;
      }
      if (this.#beganAtMs !== undefined) options.onProgress?.(this.#figures.event(this.watch.look));
      await tick(end, options.signal);
    }
  }

  #take(found: Parameters<typeof readingOf>[0]): void {
    const reading = readingOf(found, this.#run.schedule, this.#run.routes);
    if (reading.kind === "background") {
      const { served } = this.background;
      this.background.sent += 1;
      if (reading.wrong) this.background.wrong += 1;
      if (reading.refused) this.background.refused += 1;
      if (reading.routed) served[reading.side] = (served[reading.side] ?? 0) + 1;
      return;
    }
    this.raw.write(found.line);
    if (reading.kind === "dropped") {
      this.watch.drop(reading.iterations, this.#nowMs());
      return;
    }
    const { iteration, sample, wrong } = reading;
    this.#beganAtMs ??= performance.now() - sample.startMs - sample.latencyMs;
    this.watch.add(iteration, sample);
    this.#figures.add(sample);
    if (!sample.ok) {
      const entry = entryOf(iteration, this.#run.schedule, this.#cumulative);
      this.wrong.add(sample.arm, this.#run.requests[entry]?.path ?? "", wrong);
    }
  }

  #nowMs(): number {
    this.#beganAtMs ??= performance.now();
    return performance.now() - this.#beganAtMs;
  }
}

/** A pause that k6's end and an abort cut short. */
function tick(end: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, TICK_MS);
    signal?.addEventListener("abort", done, { once: true });
    end.then(done, done);
  });
}

/** What was asked, and by which digest an answer was right; bodies stay out, they may be anybody's. */
function corpusText({ requests, leftOut, alsoRight }: PreparedCorpus): string {
  const shown = requests.map(({ path, route, weight, expected }, i) => ({
    path,
    route,
    weight,
    status: expected.status,
    mediaType: expected.mediaType,
    digests: [expected.digest, ...(alsoRight[i] ?? [])],
  }));
  return `${JSON.stringify({ requests: shown, leftOut }, null, 1)}\n`;
}
